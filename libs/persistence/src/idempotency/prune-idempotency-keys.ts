import { deleteRows } from '../delete-rows';
import { type Transaction } from '../transaction';
import { ANSWERS_KEPT_MS } from './answer-once';

/**
 * Deletes at most `maxRows` stored answers that have expired, and returns their number. The role needs SELECT on
 * `user_id`, `id` and `created_at`, and DELETE.
 */
export function pruneIdempotencyKeys(transaction: Transaction, maxRows = 10_000): Promise<number> {
  const isExpired = `created_at <= now() - interval '${ANSWERS_KEPT_MS} milliseconds'`;
  // The outer condition is checked again on a row that a request has renewed meanwhile.
  return deleteRows(
    transaction,
    `DELETE FROM idempotency_keys
      WHERE (user_id, id) IN (SELECT user_id, id FROM idempotency_keys WHERE ${isExpired} ORDER BY created_at LIMIT $1)
        AND ${isExpired}`,
    [maxRows],
  );
}
