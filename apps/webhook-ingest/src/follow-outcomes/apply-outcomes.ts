import { type Outcome } from '@gatehouse/contracts';
import { type RetrySchedule } from '@gatehouse/lifecycle';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Applied, type LedgerRow, type RowUpdate, foldOutcomes } from './outcome-fold';

/** Locks rows in the order of their id, like every statement on the ledger, so that no two statements deadlock. */
const LOCK = `
  SELECT id, webhook_id, status, retry_count, max_retries, next_retry_at IS NOT NULL AS retry_scheduled, correlation_id,
         publish_number
    FROM webhook_events WHERE webhook_id = ANY ($1::text[]) ORDER BY id FOR UPDATE`;

const UPDATE = `
  UPDATE webhook_events AS event
     SET status = change.status, next_retry_at = now() + change.retry_in_ms * interval '1 millisecond',
         error_message = change.error_message, error_details = change.error_details,
         processed_data = coalesce(change.processed_data, event.processed_data),
         processed_at = least(change.processed_at, now()),
         clerk_user_id = coalesce(event.clerk_user_id, change.clerk_user_id),
         lease_until = NULL, updated_at = now()
    FROM unnest(
      $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[], $7::timestamptz[], $8::text[]
    ) AS change (
      id, status, retry_in_ms, error_message, error_details, processed_data, processed_at, clerk_user_id
    )
   WHERE event.id = change.id`;

/**
 * Applies outcomes to the ledger in one transaction. Computes the time of each retry from `schedule`; outcomes do not
 * contain it. `random` returns numbers in [0, 1), for the jitter of retries.
 */
export function applyOutcomes(
  dataSource: DataSource,
  outcomes: readonly Outcome[],
  schedule: RetrySchedule,
  random: () => number,
): Promise<readonly Applied[]> {
  return dataSource.transaction(async (manager) => {
    const webhookIds = [...new Set(outcomes.map(({ webhookId }) => webhookId))];
    const rows = await manager.query<LedgerRow[]>(LOCK, [webhookIds]);
    const { applied, updates } = foldOutcomes(rows, outcomes, schedule, random);
    await write(manager, updates);
    return applied;
  });
}

async function write(manager: EntityManager, updates: readonly RowUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await manager.query(UPDATE, [
    updates.map(({ id }) => id),
    updates.map(({ status }) => status),
    updates.map(({ retryInMs }) => retryInMs),
    updates.map(({ errorMessage }) => errorMessage),
    updates.map(({ errorDetails }) => json(errorDetails)),
    updates.map(({ processedData }) => json(processedData)),
    updates.map(({ processedAt }) => processedAt.toISOString()),
    updates.map(({ clerkUserId }) => clerkUserId),
  ]);
}
