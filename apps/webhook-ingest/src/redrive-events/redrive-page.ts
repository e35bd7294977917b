import { type ParsedRequestOf, type RedriveItem, type redriveEvents } from '@gatehouse/contracts';
import { type Page, idCursor } from '@gatehouse/messaging';
import { type DataSource, type EntityManager } from 'typeorm';
import { CANDIDATE_COLUMNS, type Candidate, redrivability } from './candidate';
import { filterConditions } from './candidate-filter';
import { type RedriveOrder, restartEvents } from './restart-events';
import { warningFor } from './warning-for';

type Request = ParsedRequestOf<typeof redriveEvents>;

/** Reads rows in the order of their id, because every statement on the ledger locks rows in this order. */
const SELECT = (where: string, lock: string) => `
  SELECT ${CANDIDATE_COLUMNS}
    FROM webhook_events AS event WHERE ${where} ORDER BY event.id LIMIT $1 ${lock}`;

/** Returns what a redrive of this page would do; changes nothing. */
export async function previewRedrive(dataSource: DataSource, request: Request): Promise<Page<RedriveItem>> {
  return toPage(await select(dataSource.manager, request, ''), request.limit);
}

/** Redrives the events of one page and records who ordered it, in one transaction. */
export function redrivePage(dataSource: DataSource, request: Request, order: RedriveOrder): Promise<Page<RedriveItem>> {
  return dataSource.transaction(async (manager) => {
    const rows = await select(manager, request, 'FOR UPDATE OF event');
    await restartEvents(manager, rows.slice(0, request.limit), order, request.filter);
    return toPage(rows, request.limit);
  });
}

async function select(manager: EntityManager, { filter, cursor, limit }: Request, lock: string): Promise<Candidate[]> {
  // Reads one extra row, which shows whether there is a next page.
  const values: unknown[] = [limit + 1];
  const value = (parameter: unknown): string => `$${values.push(parameter)}`;
  const where = filterConditions(filter, value);
  const after = idCursor.read(cursor);
  if (after !== undefined) where.push(`event.id > ${value(after)}`);
  return manager.query<Candidate[]>(SELECT(where.join(' AND '), lock), values);
}

function toPage(rows: readonly Candidate[], limit: number): Page<RedriveItem> {
  const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
  return { items: items.map(toItem), nextCursor };
}

function toItem(row: Candidate): RedriveItem {
  const answer = redrivability(row);
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    status: row.status,
    clerkUserId: row.clerk_user_id,
    retryCount: row.retry_count,
    errorMessage: row.error_message,
    action: answer.can ? 'redrive' : 'skip',
    reason: answer.can ? null : answer.reason,
    warning: answer.can ? warningFor(row) : null,
  };
}
