import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { type Delivery } from '../record-webhook/delivery';
import { CANDIDATE_COLUMNS, type CandidateRow, beginAnew, judge, noteRedrive } from './redrive';

type Resent = Pick<Delivery, 'webhookId' | 'sentAt' | 'correlationId'>;

const IS_DEAD = `status = 'failed' AND next_retry_at IS NULL`;

/** Most duplicates are of events that are not dead: this takes no lock. */
const LOOK = `SELECT webhook_id FROM webhook_events WHERE webhook_id = ANY ($1::text[]) AND ${IS_DEAD}`;

/** Skips an attempt that has begun the event before: somebody delivered the same request again. */
const LOCK = `
  SELECT ${CANDIDATE_COLUMNS}
    FROM webhook_events AS event
    JOIN unnest($1::text[], $2::timestamptz[]) AS resent (webhook_id, resent_at) USING (webhook_id)
   WHERE ${IS_DEAD} AND (event.sent_at IS NULL OR event.sent_at < resent_at)
   ORDER BY event.id FOR UPDATE OF event`;

const SENT = 'UPDATE webhook_events SET sent_at = $2::timestamptz WHERE id = $1::bigint';

/**
 * Redrives the dead events among these deliveries; returns the id of each redrive by webhook id. Redrives once for each
 * signed attempt, with any number of replicas: the rows are locked, and no longer dead for the second one.
 */
export async function redriveResent(
  dataSource: DataSource,
  deliveries: readonly Resent[],
): Promise<Map<string, string>> {
  if (deliveries.length === 0) return new Map();
  const byId = new Map(deliveries.map((delivery) => [delivery.webhookId, delivery]));
  const dead = await dataSource.query<unknown[]>(LOOK, [[...byId.keys()]]);
  if (dead.length === 0) return new Map();
  return dataSource.transaction(async (manager) => {
    const rows = await manager.query<CandidateRow[]>(LOCK, [
      [...byId.keys()],
      [...byId.values()].map(({ sentAt }) => sentAt.toISOString()),
    ]);
    const redriven = new Map<string, string>();
    for (const row of rows) {
      const answer = judge(row);
      const resent = byId.get(row.webhook_id);
      if (!answer.can || resent === undefined) continue;
      const order = { id: randomUUID(), actorUserId: null, requestId: resent.correlationId };
      await noteRedrive(manager, order, { ids: [row.webhook_id] }, 1);
      await beginAnew(manager, [{ id: row.id, retryCount: answer.retryCount }], order.id);
      await manager.query(SENT, [row.id, resent.sentAt.toISOString()]);
      redriven.set(row.webhook_id, order.id);
    }
    return redriven;
  });
}
