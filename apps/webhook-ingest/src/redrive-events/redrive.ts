import { type ParsedRequestOf, type RedriveFilter, type RedriveItem, type redriveEvents } from '@gatehouse/contracts';
import { type EventState } from '@gatehouse/lifecycle';
import { idCursor } from '@gatehouse/messaging';
import { storableText } from '@gatehouse/persistence';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Redrivability, redrivability } from './redrivable';

type Request = ParsedRequestOf<typeof redriveEvents>;

/** One page of a redrive; `nextCursor` is null on the last. */
export interface RedrivePage {
  readonly items: RedriveItem[];
  readonly nextCursor: string | null;
}

/** Who asks, and under which id. */
export interface RedriveOrder {
  readonly id: string;
  /** Null when Clerk delivered a dead event again. */
  readonly actorUserId: string | null;
  readonly requestId: string;
}

/** What must be known of an event to redrive it. */
export interface CandidateRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_type: string;
  readonly status: EventState;
  readonly clerk_user_id: string | null;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly retry_scheduled: boolean;
  readonly error_message: string | null;
  readonly has_body: boolean;
}

const LEDGER_ID = /^[1-9]\d{0,17}$/;
const MAX_ID = 256;

/** Columns of a `CandidateRow`, of `webhook_events AS event`. A body may have been dropped. */
export const CANDIDATE_COLUMNS = `
         event.id, webhook_id, event_type, status, clerk_user_id, retry_count, max_retries,
         next_retry_at IS NOT NULL AS retry_scheduled, error_message,
         EXISTS (SELECT FROM event_bodies AS stored
                  WHERE stored.event_id = event.id AND stored.created_at = event.created_at) AS has_body`;

/** In the order of their id, as every lock. */
const SELECT = (where: string, lock: string) => `
  SELECT ${CANDIDATE_COLUMNS}
    FROM webhook_events AS event WHERE ${where} ORDER BY event.id LIMIT $1 ${lock}`;

const BEGIN_ANEW = `
  UPDATE webhook_events AS event
     SET status = 'pending', retry_count = anew.retry_count, redrive_id = $3, publish_number = publish_number + 1,
         published_at = NULL, next_retry_at = NULL, lease_until = NULL, processed_at = NULL, error_message = NULL,
         error_details = NULL, processed_data = NULL, updated_at = now()
    FROM unnest($1::bigint[], $2::integer[]) AS anew (id, retry_count) WHERE event.id = anew.id`;

const NOTE = `
  INSERT INTO redrives (id, actor_user_id, request_id, filter, redriven) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET redriven = redrives.redriven + excluded.redriven`;

/** What a redrive would do; changes nothing. */
export async function previewRedrive(dataSource: DataSource, request: Request): Promise<RedrivePage> {
  const rows = await select(dataSource.manager, request, '');
  return page(rows, request.limit);
}

/** Begins the events of one page anew, in one transaction with the note of who asked for it. */
export function redrive(dataSource: DataSource, request: Request, order: RedriveOrder): Promise<RedrivePage> {
  return dataSource.transaction(async (manager) => {
    const rows = (await select(manager, request, 'FOR UPDATE OF event')).slice(0, request.limit + 1);
    const result = page(rows, request.limit);
    const anew = rows.slice(0, request.limit).flatMap((row) => {
      const answer = judge(row);
      return answer.can ? [{ id: row.id, retryCount: answer.retryCount }] : [];
    });
    if (anew.length === 0) return result;
    await noteRedrive(manager, order, request.filter, anew.length);
    await beginAnew(manager, anew, order.id);
    return result;
  });
}

/** Records who began how many events anew. */
export async function noteRedrive(
  manager: EntityManager,
  { id, actorUserId, requestId }: RedriveOrder,
  filter: unknown,
  redriven: number,
): Promise<void> {
  await manager.query(NOTE, [id, actorUserId, requestId, JSON.stringify(filter), redriven]);
}

/** Makes events pending again, owed to the stream under a raised publish number. */
export async function beginAnew(
  manager: EntityManager,
  events: readonly { readonly id: string; readonly retryCount: number }[],
  redriveId: string,
): Promise<void> {
  const ids = events.map(({ id }) => id);
  await manager.query(BEGIN_ANEW, [ids, events.map(({ retryCount }) => retryCount), redriveId]);
}

async function select(
  manager: EntityManager,
  { filter, cursor, limit }: Request,
  lock: string,
): Promise<CandidateRow[]> {
  // One more than asked for tells whether there is a next page.
  const values: unknown[] = [limit + 1];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const where = conditions(filter, value);
  const after = idCursor.read(cursor);
  if (after !== undefined) where.push(`event.id > ${value(after)}`);
  return manager.query<CandidateRow[]>(SELECT(where.join(' AND '), lock), values);
}

function conditions(filter: RedriveFilter, value: (one: unknown) => string): string[] {
  const { ids, status, type, errorCode, decision, clerkUserId, since, until } = filter;
  const where: string[] = [];
  if (ids !== undefined) {
    const ledgerIds = value(ids.filter((id) => LEDGER_ID.test(id)));
    const webhookIds = value(ids.map((id) => storableText(id, MAX_ID)));
    where.push(`(event.id = ANY (${ledgerIds}::bigint[]) OR webhook_id = ANY (${webhookIds}::text[]))`);
  }
  if (status !== undefined) where.push(`status = ${value(status)}`);
  else if (decision !== undefined) where.push(`status = 'ignored'`);
  else if (ids === undefined) where.push(`status = 'failed'`);
  if (type !== undefined) where.push(`event_type = ${value(storableText(type, MAX_ID))}`);
  if (errorCode !== undefined) where.push(`error_details ->> 'code' = ${value(storableText(errorCode, MAX_ID))}`);
  if (decision !== undefined) where.push(`processed_data ->> 'decision' = ${value(storableText(decision, MAX_ID))}`);
  if (clerkUserId !== undefined) where.push(`clerk_user_id = ${value(storableText(clerkUserId, MAX_ID))}`);
  if (since !== undefined) where.push(`event.created_at >= ${value(since)}::timestamptz`);
  if (until !== undefined) where.push(`event.created_at < ${value(until)}::timestamptz`);
  return where;
}

function page(rows: readonly CandidateRow[], limit: number): RedrivePage {
  const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
  return { items: items.map(toItem), nextCursor };
}

function toItem(row: CandidateRow): RedriveItem {
  const answer = judge(row);
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
  };
}

/** Whether the event can begin anew. */
export function judge(row: CandidateRow): Redrivability {
  return redrivability({
    status: row.status,
    retryCount: row.retry_count,
    maxRetries: row.max_retries,
    retryScheduled: row.retry_scheduled,
    eventType: row.event_type,
    hasBody: row.has_body,
  });
}
