import { type UserImportEntity } from '../database/user-import.entity';
import { rowFault, stopsStep } from './row-fault';

/** A step of an import, and the last row that it has processed. */
export type Step = Pick<UserImportEntity, 'id' | 'state' | 'rowsDone' | 'attempts'>;

/** How a step processes its rows. */
interface RowWork<Row> {
  /** Processes rows in one transaction. */
  readonly process: (step: Step, rows: readonly Row[]) => Promise<void>;
  /** Records that a row failed, and why. */
  readonly fail: (step: Step, row: Row, fault: string) => Promise<void>;
}

/**
 * Processes rows together, and one by one if that fails: a row that cannot be processed then fails alone. Returns the
 * number of the last row.
 */
export async function processRows<Row extends { readonly row: number }>(
  step: Step,
  rows: readonly Row[],
  { process, fail }: RowWork<Row>,
): Promise<number> {
  let { rowsDone } = step;
  try {
    await process(step, rows);
    return rows.at(-1)?.row ?? rowsDone;
  } catch (error) {
    if (stopsStep(error)) throw error;
  }
  for (const row of rows) {
    const at = { ...step, rowsDone };
    try {
      await process(at, [row]);
    } catch (error) {
      // The attempts are those of the first row: each row that is done is progress.
      const fault = rowFault(error, rowsDone === step.rowsDone ? step.attempts : 0);
      if (fault === undefined) throw error;
      await fail(at, row, fault);
    }
    rowsDone = row.row;
  }
  return rowsDone;
}
