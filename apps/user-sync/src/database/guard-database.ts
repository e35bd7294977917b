import { SharedOutageError } from '@gatehouse/messaging';
import { isDatabaseUnavailable, sqlState, violatedConstraint } from '@gatehouse/persistence';
import { QueryFailedError } from 'typeorm';
import { DatabaseRefusedError } from '../errors';

/**
 * Runs `work` and translates database errors: to SharedOutageError while the database is unavailable, to
 * DatabaseRefusedError for a rejected statement.
 */
export async function guardDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new SharedOutageError('the users database', { cause: error });
    const state = sqlState(error);
    // An error that is not the database's passes unchanged. The error of a rejected statement is replaced below:
    // TypeORM's error contains the parameters of the statement, which must not be logged.
    if (state === undefined && !(error instanceof QueryFailedError)) throw error;
    throw new DatabaseRefusedError(state ?? 'no SQLSTATE', violatedConstraint(error));
  }
}
