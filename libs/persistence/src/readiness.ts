import { type ReadinessCheck } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';
import { requireSchema } from './schema';

/**
 * Readiness of a service's database: `database` fails when it does not answer, `schema` when a migration of this build
 * is missing, for example after an older backup was restored.
 * @param service whose `migrate.js` applies the missing migrations
 */
export function databaseReadiness(dataSource: DataSource, service: string): ReadinessCheck[] {
  return [
    { name: 'database', check: async () => void (await dataSource.query('SELECT 1')) },
    { name: 'schema', check: () => requireSchema(dataSource, service) },
  ];
}
