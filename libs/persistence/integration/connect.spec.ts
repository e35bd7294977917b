import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionUrl, freePort, withClient } from '@gatehouse/local-stack';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import { connectDatabase, createDataSource } from '../src';
import { DatabaseUnusableError, DatabaseUnreachableError } from '../src/errors';
import { refusalReason } from '../src/refusal';

/** So long that a retry would exceed the time limit of the test. */
const ENDLESS = { attempts: 1_000, pauseMs: 600_000 };

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await createEmptyTestDatabase();
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-connect-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

const sourceOf = (url: string, caFile?: string) =>
  createDataSource({
    url,
    ...(caFile === undefined ? {} : { caFile }),
    applicationName: 'persistence-test',
    poolSize: 1,
    statementTimeoutMs: 10_000,
    entities: [],
    migrations: [],
  });
const changed = (change: (url: URL) => void) => {
  const url = new URL(database.serviceUrl);
  change(url);
  return url.href;
};

describe('a connection that only an operator can fix', () => {
  it.each<[string, () => string, string]>([
    [
      'the password is wrong',
      () => changed((url) => (url.password = 'hunter2')),
      'PostgreSQL rejected the user name or the password in DATABASE_URL (28P01)',
    ],
    [
      'the role does not exist',
      () => changed((url) => (url.username = 'hunter2')),
      'PostgreSQL rejected the user name or the password in DATABASE_URL (28P01)',
    ],
    [
      'the database does not exist',
      () => changed((url) => (url.pathname = '/hunter2')),
      'the database in DATABASE_URL does not exist (3D000)',
    ],
    [
      'the host cannot be resolved',
      () => changed((url) => (url.hostname = 'hunter2.invalid')),
      'the host in DATABASE_URL cannot be resolved (ENOTFOUND)',
    ],
  ])('ends the start at once when %s', async (_why, url, reason) => {
    const attempt = connectDatabase(sourceOf(url()), ENDLESS);
    await expect(attempt).rejects.toThrow(DatabaseUnusableError);
    await expect(attempt).rejects.toThrow(`cannot connect to the database: ${reason}`);
    await expect(attempt).rejects.not.toThrow('hunter2');
  });

  it('ends the start at once when the role may not connect to the database', async () => {
    const other = await createEmptyTestDatabase();
    try {
      await withClient(other.adminUrl, async (admin) => {
        const role = new URL(other.serviceUrl).username;
        await admin.query(`REVOKE CONNECT ON DATABASE "${other.database}" FROM "${role}"`);
      });
      await expect(connectDatabase(sourceOf(other.serviceUrl), ENDLESS)).rejects.toThrow('(42501)');
    } finally {
      await other.drop();
    }
  });

  it('ends the start at once when TLS is configured and the server does not support it', async () => {
    const caFile = join(directory, 'ca.pem');
    writeFileSync(caFile, '');
    await expect(connectDatabase(sourceOf(database.serviceUrl, caFile), ENDLESS)).rejects.toThrow(
      'the server does not support TLS: remove DATABASE_CA_FILE',
    );
  });

  it.each([
    [{ code: '28000', message: 'no pg_hba.conf entry for host "h", user "u", database "d", no encryption' }, 'TLS'],
    [{ code: '28000', message: 'no pg_hba.conf entry for host "h", user "u", database "d", SSL on' }, 'has no entry'],
    [{ code: '28000', message: 'role "u" does not exist' }, 'the role in DATABASE_URL does not exist'],
    [{ code: '28000', message: 'role "u" is not permitted to log in' }, 'not permitted to log in'],
    [{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string' }, 'DATABASE_URL has none'],
    [{ code: '08P01', message: 'no such database: d' }, 'the pooler does not know the database'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate' }, 'check DATABASE_CA_FILE'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'h is not in the list' }, 'check DATABASE_CA_FILE'],
  ])('gets a reason for %j', (error, reason) => {
    expect(refusalReason(error, 'DATABASE_URL')).toContain(reason);
  });
});

it('a reason names the variable that holds the URL', () => {
  const error = { code: '28P01', message: 'password authentication failed' };
  expect(refusalReason(error, 'WORKER_DATABASE_URL')).toContain('the password in WORKER_DATABASE_URL');
});

describe('a connection that may succeed later', () => {
  it('is retried while nothing listens, up to the given number of attempts', async () => {
    const closed = connectionUrl(database.serviceUrl, {}).replace(/:\d+\//, `:${await freePort()}/`);
    await expect(connectDatabase(sourceOf(closed), { attempts: 3, pauseMs: 1 })).rejects.toThrow(
      DatabaseUnreachableError,
    );
  });

  it.each(['57P03', '53300', '08006', 'ECONNREFUSED', 'EAI_AGAIN', 'ETIMEDOUT'])('has no final reason: %s', (code) => {
    expect(refusalReason({ code, message: 'x' }, 'DATABASE_URL')).toBeUndefined();
  });
});
