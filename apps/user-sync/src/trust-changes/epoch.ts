import { type EntityManager } from 'typeorm';

/**
 * SQL for the epoch of the numbers, see `trustChangeEpoch`: the start of the server, the database, and the table, which a
 * restore of a dump creates anew.
 */
export const EPOCH = `concat_ws('.', extract(epoch FROM pg_postmaster_start_time()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'change_counter'::regclass::oid)`;

/**
 * Stores the epoch and the time at which it was first seen. The first epoch of a database has no such time: no gateway
 * can hold a lease of an earlier one.
 */
export async function noteEpoch(manager: EntityManager): Promise<void> {
  await manager.query(
    `UPDATE change_counter SET epoch = ${EPOCH}, epoch_since = CASE WHEN epoch IS NOT NULL THEN now() END
      WHERE epoch IS DISTINCT FROM ${EPOCH}`,
  );
}
