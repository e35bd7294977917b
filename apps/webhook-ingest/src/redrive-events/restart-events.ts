import { type EntityManager } from 'typeorm';
import { type Candidate, redrivability } from './candidate';

/** Who orders a redrive, and its id. */
export interface RedriveOrder {
  readonly id: string;
  /** Null when a repeated delivery by Clerk caused the redrive. */
  readonly actorUserId: string | null;
  readonly requestId: string;
}

const RECORD = `
  INSERT INTO redrives (id, actor_user_id, request_id, filter, redriven) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET redriven = redrives.redriven + excluded.redriven`;

const RESTART = `
  UPDATE webhook_events AS event
     SET status = 'pending', retry_count = restarted.retry_count, redrive_id = $3, publish_number = publish_number + 1,
         published_at = NULL, next_retry_at = NULL, lease_until = NULL, processed_at = NULL, error_message = NULL,
         error_details = NULL, processed_data = NULL, updated_at = now()
    FROM unnest($1::bigint[], $2::integer[]) AS restarted (id, retry_count) WHERE event.id = restarted.id`;

/**
 * Redrives the candidates that can be redriven: makes their rows pending, under a new publish number, for the relay to
 * publish. Records the redrive; returns the number of redriven rows. The caller must have locked the rows.
 */
export async function restartEvents(
  manager: EntityManager,
  candidates: readonly Candidate[],
  { id, actorUserId, requestId }: RedriveOrder,
  filter: unknown,
): Promise<number> {
  const restarted = candidates.flatMap((row) => {
    const answer = redrivability(row);
    return answer.can ? [{ id: row.id, retryCount: answer.retryCount }] : [];
  });
  if (restarted.length === 0) return 0;
  await manager.query(RECORD, [id, actorUserId, requestId, JSON.stringify(filter), restarted.length]);
  await manager.query(RESTART, [restarted.map((row) => row.id), restarted.map(({ retryCount }) => retryCount), id]);
  return restarted.length;
}
