import { randomBytes } from 'node:crypto';
import { LiveValue } from '@gatehouse/config';
import { withClient } from '@gatehouse/local-stack';
import { createLogger } from '@gatehouse/observability';
import { type TestDatabase, createEmptyTestDatabase, eventually } from '@gatehouse/testing';
import { type DataSource } from 'typeorm';
import { createDataSource, isDatabaseUnavailable } from '../src';
import { StatementLoad } from './statement-load';

let database: TestDatabase;
let other: TestDatabase | undefined;
let role: string;
let url: LiveValue<string>;
let dataSource: DataSource;
let load: StatementLoad;
let roles: string[];
/** What the pool has logged. */
let lines: string[];

const admin = (sql: string) => withClient(database.adminUrl, (client) => client.query<{ count: number }>(sql));

/** Creates a role with the rights of the service, and returns its URL. */
async function createRole(name: string, password: string): Promise<string> {
  const { username } = new URL(database.serviceUrl);
  await admin(`CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE "${username}"`);
  roles.push(name);
  return urlOf(name, password);
}

function urlOf(name: string, password: string): string {
  const changed = new URL(database.serviceUrl);
  changed.username = name;
  changed.password = password;
  return changed.href;
}

async function connectionsOf(name: string): Promise<number> {
  const { rows } = await admin(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = '${name}'`);
  return rows[0]?.count ?? 0;
}

const changePassword = (password: string) => admin(`ALTER ROLE ${role} PASSWORD '${password}'`);

beforeEach(async () => {
  database = await createEmptyTestDatabase();
  roles = [];
  role = `rotate_${randomBytes(5).toString('hex')}`;
  url = new LiveValue(await createRole(role, 'old'));
  lines = [];
  const options = { url, applicationName: 'persistence-test', poolSize: 16, statementTimeoutMs: 10_000 };
  dataSource = await createDataSource(
    { ...options, entities: [], migrations: [] },
    createLogger({ service: 'persistence-test', level: 'info' }, { write: (line: string) => void lines.push(line) }),
  ).initialize();
  load = new StatementLoad(dataSource);
});

afterEach(async () => {
  await load.stop();
  await dataSource.destroy();
  await other?.drop();
  other = undefined;
  for (const name of roles) await admin(`DROP ROLE IF EXISTS ${name}`);
  await database.drop();
});

describe('a password that changes under load', () => {
  // More statements at a time need new connections, which must log in.
  it('fails no statement when the service gets it before the server', async () => {
    await load.runs(2);
    url.set(urlOf(role, 'new'));
    await load.runs(8);
    await changePassword('new');
    await load.runs(14);
    expect(await load.stop()).toEqual([]);
  });

  it('fails no statement when the server gets it before the service', async () => {
    await load.runs(2);
    await changePassword('new');
    await load.runs(8);
    url.set(urlOf(role, 'new'));
    await load.runs(14);
    await eventually(async () => (await connectionsOf(role)) > 8);
    expect(await load.stop()).toEqual([]);
  });

  it('fails no statement when roles alternate, and the former one can be dropped soon', async () => {
    await load.runs(4);
    const transaction = dataSource.createQueryRunner();
    await transaction.startTransaction();
    url.set(await createRole(`${role}_b`, 'new'));
    await load.runs(8);
    await eventually(async () => (await connectionsOf(role)) === 1);
    expect(await transaction.query('SELECT session_user::text AS name')).toEqual([{ name: role }]);
    await transaction.commitTransaction();
    await transaction.release();
    await eventually(async () => (await connectionsOf(role)) === 0);
    await admin(`DROP ROLE ${role}`);
    await load.runs(14);
    expect(await load.stop()).toEqual([]);
  });
});

describe('a login that the server refuses', () => {
  it('fails statements as an unavailable database while no connection is open, until the server accepts it', async () => {
    await changePassword('another');
    await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
    await eventually(async () => (await connectionsOf(role)) === 0);
    const failure = await dataSource.query('SELECT 1').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
    await changePassword('old');
    await eventually(() => dataSource.query('SELECT 1').then(() => true));
    const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toEqual([
      'database login refused; keeping open connections',
      'database login failed; retrying',
      'database login accepted again',
    ]);
  });

  it('does not lead back to the database of the former URL', async () => {
    other = await createEmptyTestDatabase();
    const wrong = new URL(urlOf(role, 'wrong'));
    wrong.pathname = other.database;
    url.set(wrong.href);
    const failure = await dataSource.query('SELECT 1').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
    wrong.password = 'old';
    url.set(wrong.href);
    expect(await dataSource.query('SELECT current_database()::text AS name')).toEqual([{ name: other.database }]);
  });
});
