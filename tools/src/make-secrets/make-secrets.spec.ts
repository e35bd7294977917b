import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busRights, natsIdentities, natsPasswordVariable, serviceNames, serviceRow } from '@gatehouse/contracts';
import { scramVerifier } from '@gatehouse/local-stack';
import { makeSecrets } from './make-secrets';
import { operatorSecrets } from './secret-plan';

const postgres = { host: 'db.example.com', port: 6432 };

let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'gatehouse-secrets-')), 'secrets');
});

afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const make = (into = directory) => makeSecrets(into, postgres);
const pathOf = (file: string) => join(directory, file);
const read = (file: string) => readFileSync(pathOf(file), 'utf8');
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

/** The content of every file, by its name. */
const contents = () => Object.fromEntries(filesBelow(directory).map((file) => [file, read(file)]));

/** The message of the error with which a run fails. */
function failure(): string {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a failure');
}

describe('the generated secrets', () => {
  it('have a file for each secret of each program in the table of services', () => {
    make();
    const wanted = serviceNames.flatMap((service) => [
      `${service}/NATS_PASSWORD`,
      ...(busRights(service).answers ? [`${service}/ENVELOPE_PUBLIC_KEYS`] : []),
      ...(serviceRow(service).database === undefined
        ? []
        : [`${service}/DATABASE_URL`, `migrate-${service}/DATABASE_URL`]),
      ...(serviceRow(service).workerRole === undefined ? [] : [`${service}/WORKER_DATABASE_URL`]),
    ]);
    const others = [
      'api-gateway/ASSERTION_PRIVATE_KEYS',
      'api-gateway/ENVELOPE_PRIVATE_KEY',
      'nats-setup/NATS_PASSWORD',
      'nats-server/passwords.conf',
      'postgres/POSTGRES_PASSWORD',
      'postgres/passwords.sql',
      'user-data/CURSOR_SECRET',
      'user-sync/IDEMPOTENCY_SECRET',
      'users-reader/NATS_PASSWORD',
    ];
    expect(filesBelow(directory).sort()).toEqual([...wanted, ...others].sort());
  });

  it('can be read by their owner alone', () => {
    make();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const status = statSync(pathOf(entry));
      expect([entry, status.mode & 0o777]).toEqual([entry, status.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('are different in each deployment, and passwords have 43 letters and digits', () => {
    make();
    const first = contents();
    directory = join(directory, '../others');
    make();
    for (const [file, content] of Object.entries(contents())) expect([file, content]).not.toEqual([file, first[file]]);
    const passwords = natsIdentities.map((identity) => read(`${identity}/NATS_PASSWORD`));
    for (const password of passwords) expect(password).toMatch(/^[A-Za-z][A-Za-z0-9]{42}$/);
    expect(new Set(passwords).size).toBe(natsIdentities.length);
  });

  it('lead the owner and the service to one database with two roles', () => {
    make();
    const [service, owner] = ['user-sync', 'migrate-user-sync'].map((name) => new URL(read(`${name}/DATABASE_URL`)));
    for (const url of [service, owner]) expect(url?.href).toMatch(/@db\.example\.com:6432\/gatehouse_users$/);
    expect([service?.username, owner?.username]).toEqual(['gatehouse_users_service', 'gatehouse_users_owner']);
    expect(service?.password).not.toBe(owner?.password);
  });

  it('lead the worker of user-data to its database with the role of the policies', () => {
    make();
    const url = new URL(read('user-data/WORKER_DATABASE_URL'));
    expect([url.username, url.pathname]).toEqual(['gatehouse_data_worker', '/gatehouse_data']);
    expect(read('postgres/passwords.sql')).toMatch(/^\\set gatehouse_data_worker_password 'SCRAM-SHA-256\$/m);
  });

  it('give nats-server and PostgreSQL the passwords of the programs', () => {
    make();
    const passwords = natsIdentities.map(
      (name) => `${natsPasswordVariable(name)} = "${read(`${name}/NATS_PASSWORD`)}"`,
    );
    expect(read('nats-server/passwords.conf').trim().split('\n').slice(1)).toEqual(passwords);
    const { password } = new URL(read('user-sync/DATABASE_URL'));
    const [, verifier = '', salt = ''] =
      /^\\set gatehouse_users_service_password '(SCRAM-SHA-256\$4096:([^$]+)\$.+)'$/m.exec(
        read('postgres/passwords.sql'),
      ) ?? [];
    expect(verifier).toBe(scramVerifier(password, Buffer.from(salt, 'base64')));
  });

  it('name the files that the operator must write, until they exist', () => {
    expect(make().missing).toEqual(operatorSecrets);
    writeFileSync(pathOf('user-sync/CLERK_SECRET_KEY'), 'sk_test_x');
    expect(make().missing.map(({ file }) => file)).toEqual(['webhook-ingest/CLERK_WEBHOOK_SIGNING_SECRETS']);
  });
});

describe('another run', () => {
  it('changes nothing', () => {
    make();
    const before = contents();
    expect(new Set(make().files.map(({ state }) => state))).toEqual(new Set(['kept']));
    expect(contents()).toEqual(before);
  });

  it('makes what is missing, and keeps the rest', () => {
    make();
    const before = contents();
    rmSync(pathOf('user-sync'), { recursive: true });
    const { files } = make();
    expect(files.filter(({ state }) => state === 'made').map(({ file }) => file)).toEqual([
      'user-sync/NATS_PASSWORD',
      'user-sync/DATABASE_URL',
      'user-sync/ENVELOPE_PUBLIC_KEYS',
      'user-sync/IDEMPOTENCY_SECRET',
    ]);
    expect(read('user-sync/ENVELOPE_PUBLIC_KEYS')).toBe(before['user-sync/ENVELOPE_PUBLIC_KEYS']);
    expect(read('api-gateway/NATS_PASSWORD')).toBe(before['api-gateway/NATS_PASSWORD']);
  });

  it('writes the passwords of the servers again after a change, and only those that have changed', () => {
    make();
    const before = read('postgres/passwords.sql').split('\n');
    writeFileSync(pathOf('stream-keeper/NATS_PASSWORD'), 'chosen\n');
    const url = new URL(read('user-sync/DATABASE_URL'));
    url.password = 'chosen';
    writeFileSync(pathOf('user-sync/DATABASE_URL'), url.href);
    const updated = make().files.filter(({ state }) => state === 'updated');
    expect(updated.map(({ file }) => file)).toEqual(['nats-server/passwords.conf', 'postgres/passwords.sql']);
    expect(read('nats-server/passwords.conf')).toContain('NATS_PASSWORD_STREAM_KEEPER = "chosen"\n');
    const changed = read('postgres/passwords.sql')
      .split('\n')
      .filter((line, index) => line !== before[index]);
    expect(changed).toEqual([expect.stringContaining('gatehouse_users_service_password')]);
  });

  it('keeps the mode of a file that it writes again', () => {
    make();
    const file = pathOf('nats-server/passwords.conf');
    chmodSync(file, 0o640);
    writeFileSync(pathOf('stream-keeper/NATS_PASSWORD'), 'chosen');
    make();
    expect(readFileSync(file, 'utf8')).toContain('"chosen"');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('locks a role out while a second role alternates with it, and changes nothing at the next run', () => {
    make();
    const file = 'user-sync/DATABASE_URL';
    const { password } = new URL(read(file));
    writeFileSync(pathOf(file), read(file).replace('_service:', '_service_b:'));
    expect(make().files).toContainEqual({ file: 'postgres/passwords.sql', state: 'updated' });
    const [, verifier, salt = ''] =
      /^\\set gatehouse_users_service_password '(.+:([^$]+)\$.+)'$/m.exec(read('postgres/passwords.sql')) ?? [];
    expect(verifier).not.toBe(scramVerifier(password, Buffer.from(salt, 'base64')));
    expect(make().files).toContainEqual({ file: 'postgres/passwords.sql', state: 'kept' });
  });

  it('accepts a second public key of the envelope while it is rotated', () => {
    make();
    const file = 'user-sync/ENVELOPE_PUBLIC_KEYS';
    const other = join(directory, '../others');
    make(other);
    writeFileSync(pathOf(file), readFileSync(join(other, file), 'utf8') + read(file));
    expect(make().files).toContainEqual({ file, state: 'kept' });
  });
});

describe('a secret that cannot be used', () => {
  it('is named when it cannot be read', () => {
    make();
    rmSync(pathOf('user-sync/NATS_PASSWORD'));
    mkdirSync(pathOf('user-sync/NATS_PASSWORD'));
    expect(failure()).toContain('user-sync/NATS_PASSWORD cannot be read (EISDIR)');
  });

  it.each([
    ['user-sync/ENVELOPE_PUBLIC_KEYS', 'of another pair', 'does not contain the public key of api-gateway/ENVELOPE_'],
    ['api-gateway/ENVELOPE_PRIVATE_KEY', 'hunter2', 'is not a private key in PEM'],
    ['user-sync/DATABASE_URL', 'mysql://root:hunter2@db', 'is not a postgres:// URL'],
    ['user-sync/DATABASE_URL', 'hunter2', 'is not a postgres:// URL'],
    ['user-sync/DATABASE_URL', 'postgres://root:hunter2@db/x', 'does not name the role gatehouse_users_service'],
    ['user-sync/DATABASE_URL', 'postgres://gatehouse_users_service@db/x', 'contains no password'],
    ['user-sync/NATS_PASSWORD', '\n', 'is empty'],
  ])('stops the run and is named without its content: %s, %s', (file, content, problem) => {
    make();
    writeFileSync(pathOf(file), content);
    expect(failure()).toContain(`${file} ${problem}`);
    expect(failure()).not.toContain('hunter2');
    expect(read(file)).toBe(content);
  });
});
