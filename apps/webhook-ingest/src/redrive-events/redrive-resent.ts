import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { CANDIDATE_COLUMNS, type Candidate } from './candidate';
import { restartEvents } from './restart-events';

/** A repeated delivery: its webhook id is already in the ledger. */
export interface ResentDelivery {
  readonly webhookId: string;
  /** Time at which Clerk signed this attempt to deliver the event. */
  readonly sentAt: Date;
  readonly correlationId: string;
}

const IS_DEAD = `status = 'failed' AND next_retry_at IS NULL`;

/** Finds the dead events among repeated deliveries. Takes no lock, because usually none of these events is dead. */
const FIND_DEAD = `SELECT webhook_id FROM webhook_events WHERE webhook_id = ANY ($1::text[]) AND ${IS_DEAD}`;

/**
 * Locks the dead events. `sent_at` says when Clerk signed the delivery that recorded or last redrove the event. Only a
 * delivery that Clerk signed later is a new "Resend". Any other delivery is a replay or came late, so its event is
 * skipped.
 */
const LOCK_DEAD = `
  SELECT ${CANDIDATE_COLUMNS}
    FROM webhook_events AS event
    JOIN unnest($1::text[], $2::timestamptz[]) AS resent (webhook_id, resent_at) USING (webhook_id)
   WHERE ${IS_DEAD} AND (event.sent_at IS NULL OR event.sent_at < resent_at)
   ORDER BY event.id FOR UPDATE OF event`;

const STORE_SENT_AT = 'UPDATE webhook_events SET sent_at = $2::timestamptz WHERE id = $1::bigint';

/**
 * Redrives the dead events among these deliveries; returns the id of each redrive by webhook id. If several replicas
 * receive the same signed attempt, only one redrives the event: the row is locked, and afterwards no longer dead.
 */
export async function redriveResent(
  dataSource: DataSource,
  deliveries: readonly ResentDelivery[],
): Promise<Map<string, string>> {
  if (deliveries.length === 0) return new Map();
  const byId = new Map(deliveries.map((delivery) => [delivery.webhookId, delivery]));
  const dead = await dataSource.query<unknown[]>(FIND_DEAD, [[...byId.keys()]]);
  if (dead.length === 0) return new Map();
  return dataSource.transaction(async (manager) => {
    const rows = await manager.query<Candidate[]>(LOCK_DEAD, [
      [...byId.keys()],
      [...byId.values()].map(({ sentAt }) => sentAt.toISOString()),
    ]);
    const redriven = new Map<string, string>();
    for (const row of rows) {
      const resent = byId.get(row.webhook_id);
      if (resent === undefined) continue;
      const order = { id: randomUUID(), actorUserId: null, requestId: resent.correlationId };
      const restarted = await restartEvents(manager, [row], order, { ids: [row.webhook_id] });
      if (restarted === 0) continue;
      await manager.query(STORE_SENT_AT, [row.id, resent.sentAt.toISOString()]);
      redriven.set(row.webhook_id, order.id);
    }
    return redriven;
  });
}
