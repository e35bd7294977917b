import { isTransactionConflict } from './sql-state';

const MAX_ATTEMPTS = 10;

/**
 * Runs a transaction, and repeats it at once while it fails with an error that `isRepeatable` accepts: by default a
 * deadlock or a serialization failure. Runs it at most `maxAttempts` times, then throws the last error.
 */
export async function repeatOnConflict<Result>(
  work: () => Promise<Result>,
  isRepeatable: (error: unknown) => boolean = isTransactionConflict,
  maxAttempts = MAX_ATTEMPTS,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || !isRepeatable(error)) throw error;
    }
  }
}
