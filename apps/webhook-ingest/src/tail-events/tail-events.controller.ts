import { type ParsedRequestOf, type ReplyOf, tailWebhookEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager, In } from 'typeorm';
import { searchText } from '../database/event-id';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { toWebhookEvent } from '../list-events/webhook-event-view';
import { one } from '../show-stats/one-row';
import { type TailPosition, advance, maxSeen, readCursor, writeCursor } from './tail-cursor';

type Filter = Omit<ParsedRequestOf<typeof tailWebhookEvents>, 'cursor'>;

const LIMIT = 200;
/** All rows that a position can hold, and as many as the reader gets. */
const ABOVE = maxSeen + LIMIT;
/** Rows that a retry or redrive has started, of each of two kinds. */
const STARTED = 100;

/**
 * The id up to which every row is visible: 10 s is the most between the receipt of an event and the commit of its row.
 * The search ends at the first row that is old enough.
 */
const VISIBLE = `
  SELECT coalesce((
    SELECT id FROM webhook_events WHERE created_at < now() - interval '10 s' ORDER BY id DESC LIMIT 1), 0) AS id`;

const MATCHES = '($1::text IS NULL OR event_type = $1) AND ($2::text IS NULL OR clerk_user_id = $2)';

const IDS_ABOVE = `SELECT id FROM webhook_events WHERE ${MATCHES} AND id > $3 ORDER BY id LIMIT ${ABOVE}`;

/** Finds also rows that were settled before: a retry or a redrive has started them again. */
const IDS_STARTED = `
  (SELECT id FROM webhook_events WHERE ${MATCHES} AND published_at IS NULL AND status IN ('pending', 'processing')
    ORDER BY created_at DESC LIMIT ${STARTED})
  UNION ALL
  (SELECT id FROM webhook_events WHERE ${MATCHES} AND published_at IS NOT NULL AND status = 'processing'
    ORDER BY stream_created_at DESC, stream_sequence DESC LIMIT ${STARTED})`;

/** Only to begin: rows whose retry waits. */
const IDS_WAITING = `
  SELECT id FROM webhook_events WHERE ${MATCHES} AND status = 'failed' AND next_retry_at IS NOT NULL
   ORDER BY next_retry_at LIMIT ${STARTED}`;

/** Follows the ledger for admins. */
@Controller()
export class TailEventsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(tailWebhookEvents)
  async tail(
    @Payload() { body, envelope }: VerifiedRequest<typeof tailWebhookEvents>,
  ): Promise<ReplyOf<typeof tailWebhookEvents>> {
    requireAdmin(envelope);
    const { cursor, ...filter } = body;
    const from = cursor === undefined ? undefined : readCursor(cursor);
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      const visible = BigInt((await one<{ id: string }>(manager, VISIBLE)).id);
      if (from === undefined) {
        const begin = { floor: visible, seen: new Map<bigint, string>() };
        const { rows, started } = await read(manager, filter, begin, IDS_WAITING);
        const { position } = advance(begin, rows, visible, rows.length, started);
        return { items: [], cursor: writeCursor(position), more: false };
      }
      const { rows, started, end } = await read(manager, filter, from);
      // Of rows that come fast, the last one that was read can be younger than what is visible.
      const known = end === undefined || visible < end ? visible : end;
      const { changed, position, more } = advance(from, rows, known, LIMIT, started);
      return {
        items: changed.map(toWebhookEvent),
        cursor: writeCursor(position),
        more: more || end !== undefined,
      };
    });
  }
}

/**
 * Reads the rows that a reader may not know as they are, ascending by id. `started` are those that a retry or redrive has
 * started. `end` is the last id that was read above the floor, if there may be others above it.
 */
async function read(
  manager: EntityManager,
  { type, clerkUserId }: Filter,
  { floor, seen }: TailPosition,
  ...others: readonly string[]
): Promise<{
  readonly rows: WebhookEventEntity[];
  readonly started: ReadonlySet<string>;
  readonly end: bigint | undefined;
}> {
  const matches = [type, clerkUserId].map((text) => (text === undefined ? null : searchText(text)));
  const idsOf = async (query: string, ...values: string[]) =>
    (await manager.query<{ id: string }[]>(query, [...matches, ...values])).map(({ id }) => id);
  const above = await idsOf(IDS_ABOVE, floor.toString());
  const started = new Set(await idsOf(IDS_STARTED));
  const ids = new Set([...above, ...[...seen.keys()].map(String), ...started]);
  for (const query of others) for (const id of await idsOf(query)) ids.add(id);
  const rows = await manager
    .getRepository(WebhookEventEntity)
    .find({ where: { id: In([...ids]) }, order: { id: 'ASC' } });
  return { rows, started, end: above.length < ABOVE ? undefined : BigInt(above.at(-1) ?? 0) };
}
