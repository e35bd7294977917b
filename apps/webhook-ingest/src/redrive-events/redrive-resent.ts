import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { type Delivery } from '../record-webhook/delivery';
import { type CandidateRow, beginAnew, judge, noteRedrive } from './redrive';

type Resent = Pick<Delivery, 'webhookId' | 'sentAt' | 'correlationId'>;

const IS_DEAD = `status = 'failed' AND next_retry_at IS NULL`;

/** Most duplicates are of events that are not dead: this takes no lock. */
const LOOK = `SELECT webhook_id FROM webhook_events WHERE webhook_id = ANY ($1::text[]) AND ${IS_DEAD}`;

/** An attempt that began the event already, delivered again by whomever, is not another one. */
const LOCK = `
  SELECT event.id, event.webhook_id, event_type, status, clerk_user_id, retry_count, max_retries,
         false AS retry_scheduled, error_message,
         EXISTS (SELECT FROM event_bodies AS stored
                  WHERE stored.event_id = event.id AND stored.created_at = event.created_at) AS has_body
    FROM webhook_events AS event
    JOIN unnest($1::text[], $2::timestamptz[]) AS resent (webhook_id, resent_at) USING (webhook_id)
   WHERE ${IS_DEAD} AND (event.sent_at IS NULL OR event.sent_at < resent_at)
   ORDER BY event.id FOR UPDATE OF event`;

const SENT = 'UPDATE webhook_events SET sent_at = $2::timestamptz WHERE id = $1::bigint';

/**
 * Redrives the events of these deliveries that are dead; gives the redrive's id by webhook id. Once for each signed
 * attempt, with any number of replicas: the rows are locked, and are not dead any more for whoever comes second.
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
