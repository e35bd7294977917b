import { isTransactionConflict } from './sql-state';

const MAX_ATTEMPTS = 10;

/**
 * Runs a transaction, and repeats it at once while it fails with an error that `isRepeatable` accepts: by default a
 * deadlock or a serialization failure. Runs it at most 10 times, then throws the last error.
 */
export async function repeatOnConflict<Result>(
  work: () => Promise<Result>,
  isRepeatable: (error: unknown) => boolean = isTransactionConflict,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRepeatable(error)) throw error;
    }
  }
}
