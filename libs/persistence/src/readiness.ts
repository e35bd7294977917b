import { type ReadinessCheck } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';
import { requireSchema } from './schema';
import { isDatabaseUnavailable } from './sql-state';

/**
 * Readiness checks of a database. `database` fails when the database does not answer. `schema` fails when a migration
 * of this build is missing, for example after an older backup was restored.
 * @param service name of the service whose `migrate.js` applies the missing migrations
 */
export function databaseReadiness(dataSource: DataSource, service: string): ReadinessCheck[] {
  return [
    { name: 'database', check: async () => void (await dataSource.query('SELECT 1')) },
    { name: 'schema', check: () => checkSchema(dataSource, service) },
  ];
}

/**
 * Checks that no migration is missing. Passes while the database is unavailable: the schema is then unknown, and the
 * check `database` reports the outage.
 */
async function checkSchema(dataSource: DataSource, service: string): Promise<void> {
  try {
    await requireSchema(dataSource, service);
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
  }
}
