import { type ClerkMovement } from '@gatehouse/contracts';
import { type DataSource } from 'typeorm';

const STORE = `
  UPDATE clerk_movement SET moved_at = $1, source = $2 WHERE moved_at IS NULL OR moved_at < $1`;

/**
 * Stores the newest of the Clerk movements that user-sync reported. Changes nothing if the ledger holds a newer one.
 */
export async function noteMovements(dataSource: DataSource, movements: readonly ClerkMovement[]): Promise<void> {
  const [newest] = [...movements].sort((a, b) => b.movedAt - a.movedAt);
  if (newest === undefined) return;
  await dataSource.query(STORE, [new Date(newest.movedAt).toISOString(), newest.source]);
}
