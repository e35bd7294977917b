import { deleteRows, type Transaction } from '@gatehouse/persistence';
import { failpoint } from '@gatehouse/observability';
import { Injectable } from '@nestjs/common';
import { WorkerDatabase } from '../database/worker-database';
import { userTables } from './user-tables';

/** Rows of one table in one transaction, so that it neither holds locks for long nor exceeds the statement timeout. */
const BATCH = 10_000;

/** Number of deleted rows, by table. */
export type DeletedRows = Record<string, number>;

/** What a run of {@link UserEraser} has deleted. */
export interface ErasedRows {
  /** Time of the last transaction, by the clock of the database. */
  readonly at: Date;
  readonly rows: DeletedRows;
  /** Whether no row was left. */
  readonly complete: boolean;
}

/** Deletes every row of a user. A run that ends early loses nothing: the next one deletes the rest. */
@Injectable()
export class UserEraser {
  constructor(private readonly worker: WorkerDatabase) {}

  /**
   * Deletes in transactions of at most 10 000 rows per table, until no row is left or `deadline` has passed. The
   * tombstones of the user's resources are no longer kept once they are published.
   * @param deadline by `performance.now()`; no transaction begins after it
   * @param record writes the audit entry of one transaction, in it
   * @throws RequestRefusedError `unavailable` while the database is unavailable
   */
  async erase(
    userId: string,
    deadline: number,
    record: (transaction: Transaction, rows: DeletedRows) => Promise<void>,
  ): Promise<ErasedRows> {
    const rows: DeletedRows = {};
    for (;;) {
      const { at, deleted } = await this.worker.run(async (transaction) => {
        const batch = await deleteBatch(transaction, userId);
        await record(transaction, batch);
        const [clock] = await transaction.query<{ at: Date }>('SELECT now() AS at');
        failpoint('before-erasure-commit');
        return { at: clock?.at ?? new Date(), deleted: batch };
      });
      failpoint('after-erasure-commit');
      for (const [table, count] of Object.entries(deleted)) rows[table] = (rows[table] ?? 0) + count;
      const complete = Object.values(deleted).every((count) => count < BATCH);
      if (complete || performance.now() > deadline) return { at, rows, complete };
    }
  }
}

/** Deletes at most `BATCH` rows of each table. */
async function deleteBatch(transaction: Transaction, userId: string): Promise<DeletedRows> {
  const rows: DeletedRows = {};
  for (const [table, key] of Object.entries(userTables)) {
    rows[table] = await deleteRows(
      transaction,
      `DELETE FROM ${table} WHERE user_id = $1
          AND ${key} IN (SELECT ${key.replace(/[()]/g, '')} FROM ${table} WHERE user_id = $1 LIMIT ${BATCH})`,
      [userId],
    );
  }
  await transaction.query('UPDATE resource_tombstones SET remove_at = now() WHERE user_id = $1', [userId]);
  return rows;
}
