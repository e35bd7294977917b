import { createHmac, randomBytes } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { LeakedConnectionsError } from '../errors';
import { testVariable } from '../test-environment';
import {
  connectionUrl,
  type DatabasePlan,
  type DatabaseUrls,
  grantConnect,
  provisionDatabase,
  withClient,
} from '@gatehouse/local-stack';

/** Which migrated database the test file gets a copy of. */
export interface TestDatabaseOptions {
  /** The name of the migration set, e.g. `ingest`: all callers of one name share one template. */
  template: string;
  /** Brings an empty database up to date, as owner; called once per name and run, and must close its connections. */
  migrate: (ownerUrl: string) => Promise<unknown>;
}

/** A database of one test file's own. */
export interface TestDatabase extends DatabaseUrls {
  database: string;
  /** Superuser on this database: to look at what happened, never to be given to the code under test. */
  adminUrl: string;
  /**
   * Removes it.
   * @param patienceMs how long whoever is connected may take to go: a server on a busy machine is told late
   * @throws LeakedConnectionsError when somebody is still connected then; it is removed all the same
   */
  drop(patienceMs?: number): Promise<void>;
}

/**
 * A copy of a migrated template, with an owner role (DDL) and a service role (rows alone) as in production. The template
 * is made once per run and name, whichever worker comes first.
 */
export async function createTestDatabase({ template, migrate }: TestDatabaseOptions): Promise<TestDatabase> {
  const admin = testVariable('postgres');
  const plan = templatePlan(admin, template);
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
    serviceUrl: connectionUrl(admin, { database, role: plan.serviceRole, password: plan.servicePassword }),
    drop: (patienceMs) => withClient(admin, (client) => dropDatabase(client, database, patienceMs)),
  };
}

/** A database with both roles and no migration applied: for tests of the migrations themselves. */
export function createEmptyTestDatabase(): Promise<TestDatabase> {
  return createTestDatabase({ template: 'empty', migrate: async () => undefined });
}

/** Removes the templates of this run; for a server that outlives the run. */
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

function templatePlan(admin: string, template: string): DatabasePlan {
  const name = `t_${testVariable('run')}_${template.replace(/[^a-z0-9]+/gi, '_').toLowerCase()}`;
  // Every worker has to know the passwords of roles that another one made.
  const password = (role: string) => createHmac('sha256', new URL(admin).password).update(role).digest('hex');
  const [ownerRole, serviceRole] = [`${name}_owner`, `${name}_service`];
  return {
    database: name,
    ownerRole,
    serviceRole,
    ownerPassword: password(ownerRole),
    servicePassword: password(serviceRole),
  };
}

async function makeTemplate(
  client: Client,
  admin: string,
  plan: DatabasePlan,
  migrate: TestDatabaseOptions['migrate'],
): Promise<void> {
  const name = escapeIdentifier(plan.database);
  // What an interrupted attempt left is no template.
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

/** A connection that was just closed takes the server a moment to forget. */
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
