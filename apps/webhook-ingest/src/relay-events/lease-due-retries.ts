import { type EventState, transition } from '@gatehouse/lifecycle';
import { type DataSource } from 'typeorm';
import { type LeasedEvent } from './lease-unpublished';

interface DueRow {
  readonly id: string;
  readonly status: EventState;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly publish_number: number;
  readonly shared_outage: boolean;
}

const SELECT_DUE = `
  SELECT id, status, retry_count, max_retries, publish_number,
         coalesce(error_details ->> 'sharedOutage' = 'true', false) AS shared_outage
    FROM webhook_events
   WHERE status = 'failed' AND next_retry_at <= now()
   ORDER BY next_retry_at LIMIT $1 FOR UPDATE SKIP LOCKED`;

const BEGIN_RETRY = `
  UPDATE webhook_events AS event
     SET status = due.status, retry_count = due.retry_count, publish_number = event.publish_number + 1,
         published_at = NULL, next_retry_at = NULL, lease_until = now() + $4 * interval '1 millisecond',
         updated_at = now()
    FROM unnest($1::bigint[], $2::text[], $3::integer[]) AS due (id, status, retry_count)
   WHERE event.id = due.id
  RETURNING event.id, event.publish_number AS "publishNumber"`;

/** Begins the retries that are due: marks each row as unpublished, under a new publish number and a relay lease. */
export function leaseDueRetries(
  dataSource: DataSource,
  { leaseMs, limit }: { readonly leaseMs: number; readonly limit: number },
): Promise<LeasedEvent[]> {
  return dataSource.transaction(async (manager) => {
    const due = await manager.query<DueRow[]>(SELECT_DUE, [limit]);
    const moves = due.flatMap((row) => {
      const move = transition(
        {
          state: row.status,
          retryCount: row.retry_count,
          maxRetries: row.max_retries,
          retryScheduled: true,
          sharedOutage: row.shared_outage,
        },
        { type: 'retry-due' },
      );
      return move.to === 'unchanged' ? [] : [{ id: row.id, status: move.to, retryCount: move.retryCount }];
    });
    if (moves.length === 0) return [];
    const [leased] = await manager.query<[LeasedEvent[], number]>(BEGIN_RETRY, [
      moves.map(({ id }) => id),
      moves.map(({ status }) => status),
      moves.map(({ retryCount }) => retryCount),
      leaseMs,
    ]);
    return leased;
  });
}
