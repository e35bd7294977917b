import { setTimeout } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { DatabaseUnusableError, DatabaseUnreachableError } from './errors';
import { refusalReason } from './refusal';
import { isDatabaseUnavailable } from './sql-state';

/** How often to retry while a database starts. */
interface ConnectPatience {
  readonly attempts: number;
  readonly pauseMs: number;
}

const PATIENCE: ConnectPatience = { attempts: 15, pauseMs: 1_000 };

/**
 * Connects to a database. Retries transient failures: connection refused, server starting, too many connections. Any other
 * failure needs an operator, so it is thrown at once.
 * @throws DatabaseUnusableError when the database rejects the connection
 * @throws DatabaseUnreachableError after the last attempt
 */
export async function connectDatabase(
  dataSource: DataSource,
  { attempts, pauseMs }: ConnectPatience = PATIENCE,
): Promise<DataSource> {
  const { variable } = dataSource.options.extra as { variable: string };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      const refusal = refusalReason(error, variable);
      if (refusal !== undefined) throw new DatabaseUnusableError(refusal);
      if (!isDatabaseUnavailable(error)) throw new DatabaseUnusableError(messageOf(error));
      if (attempt >= attempts) throw new DatabaseUnreachableError(variable, { cause: error });
      await setTimeout(pauseMs);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'unknown reason';
}
