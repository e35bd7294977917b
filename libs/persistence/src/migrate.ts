import { setTimeout } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/**
 * Key of the advisory lock that allows one migration runner at a time. The number is arbitrary, but no other advisory
 * lock may use it.
 */
const MIGRATION_LOCK = 7_202_611;
const LOCK_POLL_MS = 200;

/**
 * Runs the pending migrations and returns their names. Concurrent runners wait for each other. The data source must connect
 * as the owner of the schema. Afterwards only the owner can change the table of applied migrations.
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  try {
    // Polls instead of waiting for the lock in a statement. Another runner's CREATE INDEX CONCURRENTLY would wait for
    // that statement, and both would deadlock.
    while (!(await isLocked(lock))) await setTimeout(LOCK_POLL_MS);
    const ran = await dataSource.runMigrations();
    await revokeWritesOnRecord(dataSource);
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

/**
 * Revokes write privileges on the table of applied migrations from every role but its owner. The service's role has
 * them by default privileges.
 */
async function revokeWritesOnRecord(dataSource: DataSource): Promise<void> {
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

/** Statements that would change the database to match the entities; empty when migrations and entities agree. */
export async function schemaDifferences(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
