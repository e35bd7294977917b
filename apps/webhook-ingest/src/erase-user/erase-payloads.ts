import { type Erasure, clerkEventsStream } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { type DataSource, type EntityManager } from 'typeorm';

/**
 * Deletes the message `sequence` of the event stream, if the stream is still the one created at `streamCreatedAt`.
 * Returns whether the message existed.
 */
export type DeleteMessage = (sequence: number, streamCreatedAt: Date) => Promise<boolean>;

/** The user whose payloads to erase, and the actor who orders the erasure. */
export interface ErasureOrder {
  readonly id: string;
  readonly clerkUserId: string;
  readonly force: boolean;
  /** The admin's user id, or `command line`. */
  readonly actor: string;
  readonly requestId: string;
}

interface EventRow {
  readonly id: string;
  readonly status: string;
  readonly publish_number: number;
  readonly published_at: Date | null;
  readonly stream_sequence: string | null;
  readonly stream_created_at: Date | null;
}

const EVENTS = `
  SELECT id, status, publish_number, published_at, stream_sequence, stream_created_at
    FROM webhook_events WHERE clerk_user_id = $1 AND id > $2 ORDER BY id LIMIT $3`;

const PLACES = `
  SELECT id, status, publish_number, published_at, stream_sequence, stream_created_at
    FROM webhook_events WHERE id = ANY ($1::bigint[]) ORDER BY id`;

const WAS_DELETED = `
  SELECT FROM webhook_events WHERE clerk_user_id = $1 AND event_type = 'user.deleted' AND status <> 'invalid' LIMIT 1`;

/** Events without a user, and whether the body of each contains the id of the user to erase. */
const MENTIONS = `
  SELECT event.id, position(convert_to($1, 'UTF8') IN body) > 0 AS mentions
    FROM webhook_events AS event
    JOIN event_bodies AS stored ON stored.event_id = event.id AND stored.created_at = event.created_at
   WHERE event.clerk_user_id IS NULL AND event.id > $2 ORDER BY event.id LIMIT $3`;

const REMOVE_BODIES = `
  WITH removed AS (
    DELETE FROM event_bodies AS stored USING webhook_events AS event
     WHERE event.id = ANY ($1::bigint[]) AND stored.event_id = event.id AND stored.created_at = event.created_at
    RETURNING octet_length(stored.body) AS bytes
  )
  SELECT count(*)::integer AS bodies, coalesce(sum(bytes), 0)::float8 AS bytes FROM removed`;

/**
 * Makes pending, processing and failed events dead, because an event cannot be applied without its payload. Removes or
 * replaces error texts, which may quote the payload.
 */
const CLOSE = `
  UPDATE webhook_events
     SET error_message = CASE WHEN status IN ('pending', 'processing', 'failed') THEN 'the payload was erased' END,
         error_details = CASE WHEN status IN ('pending', 'processing', 'failed') THEN '{"code": "erased"}'::jsonb END,
         status = CASE WHEN status IN ('pending', 'processing') THEN 'failed' ELSE status END,
         next_retry_at = NULL, lease_until = NULL, source_ip = NULL, updated_at = now()
   WHERE id = ANY ($1::bigint[])`;

const RECORD = 'INSERT INTO erasures (id, clerk_user_id, actor, request_id, removed) VALUES ($1, $2, $3, $4, $5)';

const PORTION = 500;
const OPEN = new Set(['pending', 'processing', 'failed']);

interface Counts {
  events: number;
  bodies: number;
  bytes: number;
  mentions: number;
  unresolved: number;
  streamMessages: number;
  clearBy: number;
}

/**
 * Erases the stored payloads of a user: bodies of the user's events, the message of each event's last publish, and
 * bodies of other events that contain the user's id. Works in portions: repeat an interrupted erasure to erase the
 * rest.
 * @throws RequestRefusedError `conflict` when Clerk has not deleted the user and `force` is false
 */
export async function erasePayloads(
  dataSource: DataSource,
  deleteMessage: DeleteMessage,
  order: ErasureOrder,
): Promise<Erasure> {
  const { clerkUserId } = order;
  const deleted = await dataSource.query<unknown[]>(WAS_DELETED, [clerkUserId]);
  if (deleted.length === 0 && !order.force) {
    throw new RequestRefusedError('conflict', 'the ledger has no user.deleted event for this user');
  }
  const counts: Counts = { events: 0, bodies: 0, bytes: 0, mentions: 0, unresolved: 0, streamMessages: 0, clearBy: 0 };
  await eraseEvents(dataSource, deleteMessage, clerkUserId, counts);
  await eraseMentions(dataSource, clerkUserId, counts);
  const { clearBy, ...removed } = counts;
  const streamClearBy = clearBy > Date.now() ? new Date(clearBy).toISOString() : null;
  await dataSource.query(RECORD, [
    order.id,
    clerkUserId,
    order.actor,
    order.requestId,
    JSON.stringify({ ...removed, streamClearBy }),
  ]);
  return { id: order.id, clerkUserId, at: new Date().toISOString(), ...removed, streamClearBy };
}

async function eraseEvents(
  dataSource: DataSource,
  deleteMessage: DeleteMessage,
  clerkUserId: string,
  counts: Counts,
): Promise<void> {
  for (let after = '0'; ;) {
    const rows = await dataSource.query<EventRow[]>(EVENTS, [clerkUserId, after, PORTION]);
    const ids = rows.map(({ id }) => id);
    await dataSource.transaction(async (manager) => {
      await manager.query(CLOSE, [ids]);
      await removeBodies(manager, ids, counts);
    });
    failpoint('after-erase');
    // Reads the stream sequences only after the bodies are removed. Without bodies the relay cannot publish these
    // events again, so the sequences no longer change.
    for (const row of await dataSource.query<EventRow[]>(PLACES, [ids])) await eraseMessage(row, deleteMessage, counts);
    counts.events += rows.length;
    counts.unresolved += rows.filter(({ status }) => OPEN.has(status)).length;
    const last = rows.at(-1);
    if (rows.length < PORTION || last === undefined) return;
    after = last.id;
  }
}

async function eraseMessage(row: EventRow, deleteMessage: DeleteMessage, counts: Counts): Promise<void> {
  if (row.stream_sequence === null || row.stream_created_at === null) return;
  if (await deleteMessage(Number(row.stream_sequence), row.stream_created_at)) counts.streamMessages += 1;
  if (row.publish_number > 1) {
    // The event was published more than once. The sequences of earlier publishes are not stored, so their messages stay
    // until the stream expires them by age.
    const publishedAt = row.published_at?.getTime() ?? Date.now();
    counts.clearBy = Math.max(counts.clearBy, publishedAt + clerkEventsStream.maxAgeMs);
  }
}

async function eraseMentions(dataSource: DataSource, clerkUserId: string, counts: Counts): Promise<void> {
  for (let after = '0'; ;) {
    const rows = await dataSource.query<{ id: string; mentions: boolean }[]>(MENTIONS, [clerkUserId, after, PORTION]);
    const mentioning = rows.filter((row) => row.mentions).map(({ id }) => id);
    const before = counts.bodies;
    if (mentioning.length > 0) {
      await dataSource.transaction((manager) => removeBodies(manager, mentioning, counts));
    }
    counts.mentions += counts.bodies - before;
    const last = rows.at(-1);
    if (rows.length < PORTION || last === undefined) return;
    after = last.id;
  }
}

async function removeBodies(manager: EntityManager, ids: readonly string[], counts: Counts): Promise<void> {
  const [removed] = await manager.query<{ bodies: number; bytes: number }[]>(REMOVE_BODIES, [ids]);
  counts.bodies += removed?.bodies ?? 0;
  counts.bytes += removed?.bytes ?? 0;
}
