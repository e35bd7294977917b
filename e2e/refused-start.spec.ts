import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName } from '@gatehouse/contracts';
import { freePorts, loadSettings, serviceEnvironments, workspaceRoot } from '@gatehouse/local-stack';
import { type OwnNats, type TestDatabase, createEmptyTestDatabase, startOwnNats } from '@gatehouse/testing';

/** Long, because loading the modules of a service takes seconds on a busy machine. */
const LIMIT_MS = 120_000;

let directory: string;
let database: TestDatabase;
let nats: OwnNats;
let environments: Record<ServiceName, NodeJS.ProcessEnv>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-refused-'));
  nats = await startOwnNats();
  database = await createEmptyTestDatabase();
  environments = serviceEnvironments({
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    ports: await freePorts(),
    settings: loadSettings(directory),
    nats: { url: nats.url, credentials: (user) => ({ user, password: nats.as(user).pass }) },
    databases: { ingest: database, users: database, data: database },
    emulatorStateFile: join(directory, 'emulator.json'),
  });
});
afterAll(async () => {
  await nats.dispose();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs an entry point of a build until it ends, as a deployment does. */
function run(service: ServiceName, change: NodeJS.ProcessEnv, entry = 'main.js') {
  const child = spawn(process.execPath, [join(workspaceRoot(), 'dist/apps', service, 'src', entry)], {
    env: { ...environments[service], ...change },
    timeout: LIMIT_MS,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise<typeof output & { code: number | null }>((done) =>
    child.once('close', (code) => done({ ...output, code })),
  );
}

const databaseWith = (change: (url: URL) => void) => {
  const url = new URL(database.serviceUrl);
  change(url);
  return { DATABASE_URL: url.href };
};

describe('a service that is started directly exits with one line and no stack when', () => {
  it.each(['user-sync', 'webhook-ingest'] as const)('the database of %s was not migrated', async (service) => {
    const { code, stdout, stderr } = await run(service, {});
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(
          `^${service} cannot start: the database lacks Create\\w+ and \\d+ later migrations: ` +
            `run "node dist/apps/${service}/src/migrate.js" with the URL of its owner in DATABASE_URL\n$`,
        ),
      ),
    });
    expect(stdout).not.toContain('"stack"');
  });

  it('its database password is wrong', async () => {
    const { code, stdout, stderr } = await run(
      'user-sync',
      databaseWith((url) => (url.password = 'hunter2')),
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'user-sync cannot start: cannot connect to the database: ' +
        'PostgreSQL rejected the user name or the password in DATABASE_URL (28P01)\n',
    });
    expect(stdout).not.toContain('"stack"');
  });

  it.each(['user-sync', 'webhook-ingest'] as const)(
    'the database of the migrations of %s is missing',
    async (service) => {
      const { code, stderr } = await run(
        service,
        databaseWith((url) => (url.pathname = '/hunter2')),
        'migrate.js',
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(/^[^\n]+the database in DATABASE_URL does not exist \(3D000\)\n$/);
    },
  );

  it('NATS rejects its password', async () => {
    const { code, stdout, stderr } = await run('api-gateway', { NATS_PASSWORD: 'hunter2' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'api-gateway cannot start: cannot connect to NATS: the server rejected NATS_USER or NATS_PASSWORD\n',
    });
    expect(stdout).not.toContain('"stack"');
  });
});
