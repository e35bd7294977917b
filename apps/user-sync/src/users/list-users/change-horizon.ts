import { type EntityManager } from 'typeorm';

/**
 * How far the horizon stays behind the clock of the database, at least. Covers a transaction that has just begun, and
 * transactions of other roles, whose start the service cannot see.
 */
const OVERLAP_MS = 60_000;

/**
 * Returns the moment before which no change of a user can become visible any more; milliseconds since the epoch.
 * `updated_at` is the start of a transaction, which commits later. So a list that is read now may lack changes that are
 * older than its newest one. Call this before the list is read, in another transaction.
 *
 * A change can still become visible before the horizon if its transaction is of another role, such as SQL of an operator,
 * and lasts longer than a minute; or if a failover sets the clock of the database back by more than a minute.
 */
export async function changeHorizon(manager: EntityManager, overlapMs = OVERLAP_MS): Promise<number> {
  const rows = await manager.query<{ horizon: string }[]>(
    // Rounded down, as `updated_at` is rounded to milliseconds.
    `SELECT floor(extract(epoch FROM least(now() - $1 * interval '1 ms', min(xact_start))) * 1000)::text AS horizon
       FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    [overlapMs],
  );
  return Number(rows[0]?.horizon);
}
