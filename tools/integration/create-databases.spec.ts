import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  databaseNames,
  databaseOwners,
  databaseRoles,
  migrateDatabase,
  type PostgresServer,
  startPostgres,
  withClient,
  workerRole,
  workspaceRoot,
} from '@gatehouse/local-stack';
import { findPsql, type PsqlProgram } from '@gatehouse/testing';
import { makeSecrets } from '../src/make-secrets/make-secrets';

const root = workspaceRoot();
const roles = databaseNames.map(databaseRoles);
const workerRoles = databaseNames.flatMap((name) => workerRole(name) ?? []);

let directory: string;
let server: PostgresServer;
let psql: PsqlProgram;

const secret = (file: string) => readFileSync(join(directory, 'secrets', file), 'utf8');
const logged = () => readFileSync(join(directory, 'postgres.log'), 'utf8');

const generate = () => makeSecrets(join(directory, 'secrets'), { host: '127.0.0.1', port: server.port });

/** Runs the SQL of a deployment as its how-to does, as the user in `adminUrl`. */
function createDatabases(adminUrl = server.adminUrl): string {
  const sql = readFileSync(join(root, 'deploy/postgres/create-databases.sql'), 'utf8');
  const input = secret('postgres/passwords.sql') + sql;
  return execFileSync(psql.path, [`--dbname=${adminUrl}`, '--no-psqlrc'], {
    input,
    env: { ...process.env, ...psql.env },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-create-databases-'));
  chmodSync(directory, 0o711);
  psql = await findPsql();
  server = await startPostgres({
    directory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    superuserPassword: 'superuser',
    durability: 'fast',
  });
  generate();
});

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('deploy/postgres/create-databases.sql', () => {
  it('creates the databases of the table of services, in which each service can use the tables of its migrations', async () => {
    await withClient(server.adminUrl, (admin) => admin.query(`alter system set log_statement = 'all'`));
    await withClient(server.adminUrl, (admin) => admin.query('select pg_reload_conf()'));
    const done = 'Databases gatehouse_ingest, gatehouse_users and gatehouse_data are ready.\n';
    expect(createDatabases()).toBe(done);
    for (const name of databaseNames) {
      const app = databaseOwners[name];
      const logFile = join(directory, `${app}.log`);
      const ownerUrl = secret(`migrate-${app}/DATABASE_URL`);
      await migrateDatabase({ app, root, ownerUrl, environment: process.env, logFile });
      await withClient(secret(`${app}/DATABASE_URL`), async (service) => {
        const { rows } = await service.query<{ table: string; usable: boolean }>(
          `select relname as table, has_table_privilege(oid, 'select, insert, update, delete') as usable
           from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
        );
        expect(rows.length).toBeGreaterThan(1);
        expect(rows.filter(({ usable }) => !usable)).toEqual([]);
        await expect(service.query('create table forbidden ()')).rejects.toMatchObject({ code: '42501' });
      });
    }
    expect(createDatabases()).toBe(done);
  });

  it('gives the worker of user-data what the migrations grant, and nothing else', async () => {
    const url = new URL(secret('user-data/WORKER_DATABASE_URL'));
    const rights = async (table: string) => {
      const [row] = await withClient(url.href, async (worker) => {
        const privileges = ['select', 'insert', 'update', 'delete'].map(
          (privilege) => `has_table_privilege('${table}', '${privilege}') AS ${privilege}`,
        );
        await expect(worker.query('create table forbidden ()')).rejects.toMatchObject({ code: '42501' });
        return (await worker.query(`select ${privileges.join(', ')}`)).rows as Record<string, boolean>[];
      });
      return row;
    };
    expect(await rights('audit_log')).toEqual({ select: true, insert: false, update: false, delete: true });
    expect(await rights('migrations')).toEqual({ select: false, insert: false, update: false, delete: false });
    url.pathname = '/gatehouse_users';
    await expect(withClient(url.href, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '42501' });
  });

  it('lets a role connect to no database but its own', async () => {
    for (const [index, { database }] of roles.entries()) {
      const other = roles.at(index - 1)?.database ?? '';
      const url = new URL(secret(`${databaseOwners[databaseNames[index] ?? 'users']}/DATABASE_URL`));
      expect(url.pathname).toBe(`/${database}`);
      url.pathname = `/${other}`;
      await expect(withClient(url.href, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('writes no password to the log of the server, even if that logs every statement', () => {
    expect(logged()).toContain('ALTER ROLE gatehouse_users_owner');
    for (const app of Object.values(databaseOwners)) {
      for (const program of [app, `migrate-${app}`]) {
        const { password } = new URL(secret(`${program}/DATABASE_URL`));
        expect(password).toMatch(/^\w{43}$/);
        expect(logged()).not.toContain(password);
      }
    }
  });

  it('gives the roles new passwords after a change of the files', async () => {
    const file = join(directory, 'secrets/user-sync/DATABASE_URL');
    const before = secret('user-sync/DATABASE_URL');
    rmSync(file);
    generate();
    createDatabases();
    await withClient(secret('user-sync/DATABASE_URL'), (client) => client.query('select 1'));
    await expect(withClient(before, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '28P01' });
  });

  it('does the same for an administrator who is not a superuser', async () => {
    const admin = new URL(server.adminUrl);
    await withClient(server.adminUrl, async (client) => {
      for (const { database, ownerRole, serviceRole } of roles) {
        await client.query(`drop database ${database} with (force)`);
        for (const role of [ownerRole, serviceRole]) await client.query(`drop role ${role}`);
      }
      for (const role of workerRoles) await client.query(`drop role ${role}`);
      await client.query(`create role administrator login createdb createrole password 'administrator'`);
    });
    admin.username = 'administrator';
    admin.password = 'administrator';
    createDatabases(admin.href);
    createDatabases(admin.href);
    await withClient(secret('user-sync/DATABASE_URL'), (client) => client.query('select 1'));
  });
});
