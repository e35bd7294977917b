import { isTransactionConflict } from './sql-state';

const MAX_ATTEMPTS = 10;

/**
 * Runs work that is one transaction, and repeats it at once while it meets a deadlock, a serialization failure or
 * whatever else `isRepeatable` accepts; at most 10 times. Throws the last error.
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
