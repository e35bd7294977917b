import { SharedOutageError } from '@gatehouse/messaging';
import { isDatabaseUnavailable, sqlState } from '@gatehouse/persistence';
import { QueryFailedError } from 'typeorm';
import { DatabaseRefusedError } from '../errors';

/**
 * Runs statements and turns what goes wrong into our own errors: SharedOutageError while the database is away,
 * DatabaseRefusedError for what it refuses.
 */
export async function guardDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new SharedOutageError('the users database', { cause: error });
    const state = sqlState(error);
    // TypeORM's error carries the parameters: it must not get as far as a log.
    if (state === undefined && !(error instanceof QueryFailedError)) throw error;
    throw new DatabaseRefusedError(state ?? 'no SQLSTATE', constraintOf(error));
  }
}

function constraintOf(error: unknown): string | undefined {
  // TypeORM wraps the driver's error; a prepared statement's comes as it is.
  const { driverError = error } = error as { driverError?: unknown };
  const { constraint } = driverError as { constraint?: unknown };
  return typeof constraint === 'string' ? constraint : undefined;
}
