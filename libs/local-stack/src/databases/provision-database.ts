import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { connectionUrl } from './connection-url';
import { scramVerifier } from './scram-verifier';
import { withClient } from './with-client';

/** A database with the two roles that every service's database has. */
export interface DatabasePlan {
  database: string;
  /** Owns the database and everything in it; runs the migrations. */
  ownerRole: string;
  /** Reads and writes rows; no DDL. */
  serviceRole: string;
  ownerPassword: string;
  servicePassword: string;
}

/** How to reach a provisioned database; both URLs hold a password. */
export interface DatabaseUrls {
  ownerUrl: string;
  serviceUrl: string;
}

/** One number for all that create roles and databases: PostgreSQL fails on concurrent changes of the same role or grants. */
const provisionLock = 4_711_001;

/**
 * Creates both roles and the database, or brings those that exist into the same state. May be run again at any time,
 * also by several at once.
 * @param adminUrl a role that may create roles and databases; need not be superuser
 */
export async function provisionDatabase(adminUrl: string, plan: DatabasePlan): Promise<DatabaseUrls> {
  await withClient(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [provisionLock]);
    await ensureRole(admin, plan.ownerRole, plan.ownerPassword);
    await ensureRole(admin, plan.serviceRole, plan.servicePassword);
    await ensureDatabase(admin, plan);
    await grantConnect(admin, plan.database, plan);
  });
  const ownerUrl = connectionUrl(adminUrl, {
    database: plan.database,
    role: plan.ownerRole,
    password: plan.ownerPassword,
  });
  await grantUse(ownerUrl, plan.serviceRole);
  const serviceUrl = connectionUrl(adminUrl, {
    database: plan.database,
    role: plan.serviceRole,
    password: plan.servicePassword,
  });
  return { ownerUrl, serviceUrl };
}

/** Only the two roles may connect; PUBLIC loses even temporary tables. Not copied with a template. */
export async function grantConnect(
  admin: Client,
  database: string,
  roles: Pick<DatabasePlan, 'ownerRole' | 'serviceRole'>,
): Promise<void> {
  const name = escapeIdentifier(database);
  await admin.query(`revoke all on database ${name} from public`);
  await admin.query(`grant connect on database ${name} to ${escapeIdentifier(roles.serviceRole)}`);
}

async function ensureRole(admin: Client, role: string, password: string): Promise<void> {
  const name = escapeIdentifier(role);
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (!rowCount) await admin.query(`create role ${name}`);
  await admin.query(
    `alter role ${name} login nocreatedb nocreaterole password ${escapeLiteral(scramVerifier(password))}`,
  );
}

async function ensureDatabase(admin: Client, plan: DatabasePlan): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [plan.database]);
  if (rowCount) return;
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  // Whoever is no superuser must be a member of the role that is to own the database.
  if (!rows[0]?.rolsuper) await admin.query(`grant ${escapeIdentifier(plan.ownerRole)} to current_user`);
  await admin.query(
    `create database ${escapeIdentifier(plan.database)} owner ${escapeIdentifier(plan.ownerRole)} ` +
      `encoding 'UTF8' template template0`,
  );
}

/** Run as the owner: it owns schema public and the tables to come. */
async function grantUse(ownerUrl: string, serviceRole: string): Promise<void> {
  const service = escapeIdentifier(serviceRole);
  await withClient(ownerUrl, async (owner) => {
    await owner.query('select pg_advisory_lock($1)', [provisionLock]);
    await owner.query(`revoke create on schema public from public`);
    await owner.query(`grant usage on schema public to ${service}`);
    await owner.query(
      `alter default privileges in schema public grant select, insert, update, delete on tables to ${service}`,
    );
    await owner.query(`alter default privileges in schema public grant usage, select on sequences to ${service}`);
    await owner.query(`grant select, insert, update, delete on all tables in schema public to ${service}`);
    await owner.query(`grant usage, select on all sequences in schema public to ${service}`);
  });
}
