import { createHmac, randomBytes } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { LeakedConnectionsError } from '../errors';
import { testVariable } from '../test-environment';
import {
  connectionUrl,
  type DatabasePlan,
  type DatabaseUrls,
  grantConnect,
  loginUrls,
  provisionDatabase,
  withClient,
} from '@gatehouse/local-stack';

/** The template of a test database. */
export interface TestDatabaseOptions {
  /** Name of the template, e.g. `ingest`. Callers with the same name share it. */
  template: string;
  /** Migrates an empty database as its owner. Called once for each template in a run. Must close its connections. */
  migrate: (ownerUrl: string) => Promise<unknown>;
  /** The role with the rights of the worker, as the table of services names it; absent without one. */
  workerRole?: string;
}

/** The database of one test file. */
export interface TestDatabase extends DatabaseUrls {
  database: string;
  /** URL of a superuser on this database, for assertions only; the code under test must not use it. */
  adminUrl: string;
  /**
   * Drops the database.
   * @param patienceMs time for open connections to close
   * @throws LeakedConnectionsError when connections are still open then; the database is dropped anyway
   */
  drop(patienceMs?: number): Promise<void>;
}

/**
 * Creates a copy of a migrated template, with an owner role and the logins of a service as in production. The first
 * worker that needs a template makes it.
 */
export async function createTestDatabase({
  template,
  migrate,
  workerRole,
}: TestDatabaseOptions): Promise<TestDatabase> {
  const admin = testVariable('postgres');
  const plan = templatePlan(admin, template, workerRole);
  await withClient(admin, async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [plan.database]);
    const { rowCount } = await client.query('select from pg_database where datname = $1 and not datallowconn', [
      plan.database,
    ]);
    if (!rowCount) await makeTemplate(client, admin, plan, migrate);
  });

  const database = `${plan.database}_${randomBytes(5).toString('hex')}`;
  await withClient(admin, async (client) => {
    await client.query(
      `create database ${escapeIdentifier(database)} template ${escapeIdentifier(plan.database)} ` +
        `owner ${escapeIdentifier(plan.ownerRole)}`,
    );
    await grantConnect(client, database, plan);
  });
  return {
    database,
    adminUrl: connectionUrl(admin, { database }),
    ownerUrl: connectionUrl(admin, { database, role: plan.ownerRole, password: plan.ownerPassword }),
    ...loginUrls(admin, database, plan),
    drop: (patienceMs) => withClient(admin, (client) => dropDatabase(client, database, patienceMs)),
  };
}

/** Creates a database with both roles and without migrations, for tests of migrations. */
export function createEmptyTestDatabase(): Promise<TestDatabase> {
  return createTestDatabase({ template: 'empty', migrate: async () => undefined });
}

/** Drops the databases and roles of this run. Needed on a server that the run did not start and will not remove. */
export async function dropTemplates(admin: string, run: string): Promise<void> {
  await withClient(admin, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where starts_with(datname, $1) order by datallowconn desc`,
      [`t_${run}_`],
    );
    for (const { datname } of rows)
      await client.query(`drop database if exists ${escapeIdentifier(datname)} with (force)`);
    const roles = await client.query<{ rolname: string }>(
      `select rolname from pg_roles where starts_with(rolname, $1)`,
      [`t_${run}_`],
    );
    for (const { rolname } of roles.rows) await client.query(`drop role if exists ${escapeIdentifier(rolname)}`);
  });
}

function templatePlan(admin: string, template: string, rights: string | undefined): DatabasePlan {
  const name = `t_${testVariable('run')}_${template.replace(/[^a-z0-9]+/gi, '_').toLowerCase()}`;
  // Derives the password from the administrator's, so that every worker knows the passwords of roles that another
  // worker created.
  const password = (role: string) => createHmac('sha256', new URL(admin).password).update(role).digest('hex');
  const [ownerRole, serviceRole, role] = [`${name}_owner`, `${name}_service`, `${name}_worker`];
  return {
    database: name,
    ownerRole,
    serviceRole,
    ownerPassword: password(ownerRole),
    servicePassword: password(serviceRole),
    ...(rights !== undefined && { worker: { role, rights, password: password(role) } }),
  };
}

async function makeTemplate(
  client: Client,
  admin: string,
  plan: DatabasePlan,
  migrate: TestDatabaseOptions['migrate'],
): Promise<void> {
  const name = escapeIdentifier(plan.database);
  // Drops what an interrupted attempt has left.
  await client.query(`drop database if exists ${name} with (force)`);
  const { ownerUrl } = await provisionDatabase(admin, plan);
  await migrate(ownerUrl);
  await assertNobodyConnected(client, plan.database, 'the migration');
  await client.query(`alter database ${name} with allow_connections false`);
}

async function dropDatabase(client: Client, database: string, patienceMs?: number): Promise<void> {
  try {
    await assertNobodyConnected(client, database, 'the test', patienceMs);
  } finally {
    await client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`);
  }
}

/**
 * Throws when connections stay open. Waits first, because the server lists a connection for a moment after it is
 * closed.
 */
async function assertNobodyConnected(
  client: Client,
  database: string,
  who: string,
  patienceMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ usename: string; application_name: string; state: string; query: string }>(
      `select usename, application_name, state, left(query, 120) as query from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0) return;
    if (Date.now() > deadline) {
      const list = rows.map(
        (row) => `${row.usename} (${row.application_name || 'unnamed'}, ${row.state}): ${row.query}`,
      );
      throw new LeakedConnectionsError(
        `${who} left ${rows.length} connection(s) to its database open:\n  ${list.join('\n  ')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
