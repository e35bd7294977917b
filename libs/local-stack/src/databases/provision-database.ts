import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { connectionUrl } from './connection-url';
import { scramVerifier } from './scram-verifier';
import { withClient } from './with-client';

/** The database of one service, with its two roles. */
export interface DatabasePlan {
  database: string;
  /** Owns the database and everything in it; runs the migrations. */
  ownerRole: string;
  /** Reads and writes rows; no DDL. */
  serviceRole: string;
  ownerPassword: string;
  servicePassword: string;
  /** A second login of the service, for statements that cross users; absent in most services. */
  worker?: WorkerPlan;
}

/** The login of a service that has the rights of the worker role. */
export interface WorkerPlan {
  /** The login. */
  role: string;
  /** The role that migrations name in grants and policies; the same as `role`, or `role` becomes its member. */
  rights: string;
  password: string;
}

/** The URLs of a provisioned database, one for each role. Each contains a password. */
export interface DatabaseUrls {
  ownerUrl: string;
  serviceUrl: string;
  /** Only in a database with a worker role. */
  workerUrl?: string;
}

/**
 * Id of the advisory lock that all provisioning takes, because PostgreSQL fails on concurrent changes of the same role
 * or grants.
 */
const provisionLock = 4_711_001;

/**
 * Creates the roles and the database, with their grants. Existing roles get the passwords of `plan`, and an existing
 * database gets the same grants. Safe to repeat and to run concurrently.
 * @param adminUrl URL of a role that may create roles and databases; it need not be a superuser
 */
export async function provisionDatabase(adminUrl: string, plan: DatabasePlan): Promise<DatabaseUrls> {
  await withClient(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [provisionLock]);
    await ensureRole(admin, plan.ownerRole, plan.ownerPassword);
    await ensureRole(admin, plan.serviceRole, plan.servicePassword);
    if (plan.worker) await ensureWorker(admin, plan.worker);
    await ensureDatabase(admin, plan);
    await grantConnect(admin, plan.database, plan);
  });
  const ownerUrl = connectionUrl(adminUrl, {
    database: plan.database,
    role: plan.ownerRole,
    password: plan.ownerPassword,
  });
  await grantUse(ownerUrl, plan);
  return { ownerUrl, ...loginUrls(adminUrl, plan.database, plan) };
}

/** The URLs of the logins of a service, without that of the owner. */
export function loginUrls(
  adminUrl: string,
  database: string,
  { serviceRole, servicePassword, worker }: DatabasePlan,
): Omit<DatabaseUrls, 'ownerUrl'> {
  return {
    serviceUrl: connectionUrl(adminUrl, { database, role: serviceRole, password: servicePassword }),
    ...(worker && { workerUrl: connectionUrl(adminUrl, { database, role: worker.role, password: worker.password }) }),
  };
}

/**
 * Lets only the owner role and the logins of the service connect. A database does not get these grants from its
 * template, so call this function for each copy.
 */
export async function grantConnect(
  admin: Client,
  database: string,
  roles: Pick<DatabasePlan, 'serviceRole' | 'worker'>,
): Promise<void> {
  const name = escapeIdentifier(database);
  await admin.query(`revoke all on database ${name} from public`);
  for (const role of loginsOf(roles)) {
    await admin.query(`grant connect on database ${name} to ${escapeIdentifier(role)}`);
  }
}

async function ensureRole(admin: Client, role: string, password: string): Promise<void> {
  const name = escapeIdentifier(role);
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (!rowCount) await admin.query(`create role ${name}`);
  await admin.query(
    `alter role ${name} login nocreatedb nocreaterole password ${escapeLiteral(scramVerifier(password))}`,
  );
}

/** Creates the login of the worker and the role with its rights. */
async function ensureWorker(admin: Client, { role, rights, password }: WorkerPlan): Promise<void> {
  await ensureRole(admin, role, password);
  if (role === rights) return;
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [rights]);
  if (!rowCount) await admin.query(`create role ${escapeIdentifier(rights)}`);
  await admin.query(`grant ${escapeIdentifier(rights)} to ${escapeIdentifier(role)}`);
}

function loginsOf({ serviceRole, worker }: Pick<DatabasePlan, 'serviceRole' | 'worker'>): string[] {
  return [serviceRole, ...(worker ? [worker.role] : [])];
}

async function ensureDatabase(admin: Client, plan: DatabasePlan): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [plan.database]);
  if (rowCount) return;
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  // Makes the current user a member of the owner role. Otherwise only a superuser may create a database for that role.
  if (!rows[0]?.rolsuper) await admin.query(`grant ${escapeIdentifier(plan.ownerRole)} to current_user`);
  await admin.query(
    `create database ${escapeIdentifier(plan.database)} owner ${escapeIdentifier(plan.ownerRole)} ` +
      `encoding 'UTF8' template template0`,
  );
}

/**
 * Grants the service role its rights. The worker only gets the use of the schema: migrations grant it what its statements
 * need. Connects as the owner, who owns the schema `public` and all future tables.
 */
async function grantUse(ownerUrl: string, plan: Pick<DatabasePlan, 'serviceRole' | 'worker'>): Promise<void> {
  const service = escapeIdentifier(plan.serviceRole);
  await withClient(ownerUrl, async (owner) => {
    await owner.query('select pg_advisory_lock($1)', [provisionLock]);
    await owner.query(`revoke create on schema public from public`);
    for (const role of loginsOf(plan)) {
      await owner.query(`grant usage on schema public to ${escapeIdentifier(role)}`);
    }
    await owner.query(
      `alter default privileges in schema public grant select, insert, update, delete on tables to ${service}`,
    );
    await owner.query(`alter default privileges in schema public grant usage, select on sequences to ${service}`);
    await owner.query(`grant select, insert, update, delete on all tables in schema public to ${service}`);
    await owner.query(`grant usage, select on all sequences in schema public to ${service}`);
  });
}
