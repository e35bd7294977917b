import type { EntityManager } from 'typeorm';

/**
 * Locks each key until the transaction ends, waiting for others who hold one. Locks are taken in one global order (by
 * hash, then key), so that two transactions that share keys wait and never deadlock.
 */
export async function lockKeys(manager: EntityManager, namespace: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await manager.query(
    `SELECT pg_advisory_xact_lock(hash)
       FROM (SELECT DISTINCT hashtextextended($1 || ':' || key, 0) AS hash FROM unnest($2::text[]) AS key ORDER BY hash OFFSET 0) AS ordered`,
    [namespace, [...keys]],
  );
}
