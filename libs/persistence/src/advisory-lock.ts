import { type Statement, write } from './statement';
import { type Transaction } from './transaction';

/**
 * Creates a statement that locks each key until the transaction ends. Waits for other transactions that hold one of
 * these locks. Takes the locks in one global order (by hash), so that transactions with common keys wait for each other
 * and never deadlock.
 */
export function keyLock(namespace: string, keys: readonly string[]): Statement {
  return write(
    'key-lock',
    `SELECT pg_advisory_xact_lock(hash)
       FROM (SELECT DISTINCT hashtextextended($1 || ':' || key, 0) AS hash FROM unnest($2::text[]) AS key ORDER BY hash OFFSET 0) AS ordered`,
    [namespace, keys],
  );
}

/**
 * Takes an advisory lock until the transaction ends, unless another transaction holds it. Returns whether it was taken.
 * @param key unique among our advisory locks of one number
 */
export async function tryLock(transaction: Transaction, key: number): Promise<boolean> {
  const [row] = await transaction.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [key]);
  return row?.locked === true;
}
