import { type EntityManager } from 'typeorm';

/**
 * Makes the relay begin a new epoch and purge the stream first, because the database was restored: versions may be lower
 * than on the stream. Also for a database from before the stream, which has recorded no epoch.
 */
export async function requestNewEpoch(manager: Pick<EntityManager, 'query'>, stream: string): Promise<void> {
  await manager.query(
    `INSERT INTO stream_epochs (stream, state, reason) VALUES ($1, 'due', 'restored_database')
     ON CONFLICT (stream) DO UPDATE SET state = 'due', reason = 'restored_database', leased_by = NULL`,
    [stream],
  );
}
