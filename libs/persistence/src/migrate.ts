import type { DataSource } from 'typeorm';

/** Any number will do, as long as every migration runner uses the same. */
const MIGRATION_LOCK = 7_202_611;

/**
 * Runs the migrations that have not run yet and gives their names; several runners at once wait for each other. The data
 * source must be the owner's.
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    return ran.map(({ name }) => name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
  }
}

/** The statements that would make the database equal to the entities: none, when migrations and entities agree. */
export async function schemaDifferences(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
