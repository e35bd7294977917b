import { isTransactionConflict } from '@gatehouse/persistence';

/** How often work that met a deadlock is done in all; nobody counts it as a try. */
const MAX_TIMES = 10;

/**
 * Does work that is one transaction again, at once, while it meets a deadlock or what else is worth another go. Throws
 * what the last one threw.
 */
export async function repeatOnConflict<Result>(
  work: () => Promise<Result>,
  isWorthAnother: (error: unknown) => boolean = isTransactionConflict,
): Promise<Result> {
  for (let times = 1; ; times += 1) {
    try {
      return await work();
    } catch (error) {
      if (times === MAX_TIMES || !isWorthAnother(error)) throw error;
    }
  }
}
