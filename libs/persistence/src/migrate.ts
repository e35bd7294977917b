import { setTimeout } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/** Any number will do, as long as every migration runner uses the same. */
const MIGRATION_LOCK = 7_202_611;
const LOCK_POLL_MS = 200;

/**
 * Runs the migrations that have not run yet and gives their names; several runners at once wait for each other. The data
 * source must be the owner's. Afterwards nobody else can change the record of what has run.
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  try {
    // A statement that waited for the lock would hold back an index that is made CONCURRENTLY, which waits for it.
    while (!(await isLocked(lock))) await setTimeout(LOCK_POLL_MS);
    const ran = await dataSource.runMigrations();
    await keepRecordToOwner(dataSource);
    return ran.map(({ name }) => name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
  }
}

async function isLocked(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [MIGRATION_LOCK])) as {
    locked: boolean;
  }[];
  return row?.locked === true;
}

/** A service's default privileges let it write every new table, this one too; it needs no more than to read it. */
async function keepRecordToOwner(dataSource: DataSource): Promise<void> {
  const writers = await dataSource.query<{ name: string; grantee: string }[]>(
    `SELECT DISTINCT c.oid::regclass::text AS name,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
       FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.oid = to_regclass($1) AND a.grantee <> c.relowner
        AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')`,
    [dataSource.options.migrationsTableName],
  );
  for (const { name, grantee } of writers) {
    await dataSource.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${name} FROM ${grantee}`);
  }
}

/** The statements that would make the database equal to the entities: none, when migrations and entities agree. */
export async function schemaDifferences(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
