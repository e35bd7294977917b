import { type DataSource } from 'typeorm';
import { SchemaOutdatedError, SchemaUnreadableError } from './errors';
import { SQL_STATE, sqlState } from './sql-state';

/**
 * Verifies that every migration of this build was applied. Accepts a database that is ahead of the build: during a
 * rollout, replicas of the previous release run on the new tables.
 * @param service name of the service whose `migrate.js` applies the missing migrations, such as `user-sync`
 * @throws SchemaOutdatedError when a migration is missing
 * @throws SchemaUnreadableError when the role may not read the table of applied migrations
 */
export async function requireSchema(dataSource: DataSource, service: string): Promise<void> {
  const applied = await appliedMigrations(dataSource);
  const missing = dataSource.migrations
    .map((migration) => migration.name ?? migration.constructor.name)
    .filter((name) => !applied.has(name));
  if (missing.length > 0) throw new SchemaOutdatedError(service, missing);
}

async function appliedMigrations(dataSource: DataSource): Promise<Set<string>> {
  try {
    const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (sqlState(error) === SQL_STATE.undefinedTable) return new Set();
    if (sqlState(error) === SQL_STATE.insufficientPrivilege) throw new SchemaUnreadableError();
    throw error;
  }
}
