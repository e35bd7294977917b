import { RequestRefusedError } from '@gatehouse/messaging';
import {
  IdempotencyRefusedError,
  isDatabaseUnavailable,
  isQueryCanceled,
  sqlState,
  violatedConstraint,
} from '@gatehouse/persistence';
import { DatabaseRefusedError } from '../errors';

/**
 * Runs `work` and translates errors of the database. Those that remain contain neither statements nor values.
 * @throws RequestRefusedError `unavailable` while the database is unavailable, or so slow that it canceled a statement;
 * the refusals of idempotency keys
 * @throws DatabaseRefusedError for a rejected statement
 */
export async function guardDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error) || isQueryCanceled(error)) {
      throw new RequestRefusedError('unavailable', 'the database is unavailable', { cause: error });
    }
    if (error instanceof IdempotencyRefusedError) {
      throw new RequestRefusedError(error.reason, error.message, { retryAfterMs: error.retryAfterMs });
    }
    const state = sqlState(error);
    if (state === undefined) throw error;
    throw new DatabaseRefusedError(state, violatedConstraint(error));
  }
}
