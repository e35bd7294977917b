import { SharedOutageError } from '@gatehouse/messaging';
import { isDatabaseAway, sqlState } from '@gatehouse/persistence';
import { DatabaseRefusedError } from '../errors';

/**
 * Runs statements and turns what goes wrong into our own errors: SharedOutageError while the database is away,
 * DatabaseRefusedError for what it refuses.
 */
export async function guardDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseAway(error)) throw new SharedOutageError('the users database', error);
    const state = sqlState(error);
    if (state !== undefined) throw new DatabaseRefusedError(state, constraintOf(error));
    throw error;
  }
}

function constraintOf(error: unknown): string | undefined {
  const { driverError } = error as { driverError?: { constraint?: unknown } };
  return typeof driverError?.constraint === 'string' ? driverError.constraint : undefined;
}
