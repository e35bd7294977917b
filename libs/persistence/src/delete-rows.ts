import { type Transaction } from './transaction';

/**
 * Runs a DELETE statement and returns how many rows it deleted, without reading them.
 * @param deletion a DELETE without RETURNING
 */
export async function deleteRows(
  transaction: Transaction,
  deletion: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const [counted] = await transaction.query<{ count: number }>(
    `WITH deleted AS (${deletion} RETURNING 1) SELECT count(*)::int AS count FROM deleted`,
    values,
  );
  return counted?.count ?? 0;
}
