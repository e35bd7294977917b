import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsPasswordVariable, serviceNames } from '@gatehouse/contracts';
import { appNames, freePorts, portVariables, type GatehousePorts } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';

const checkout = join(__dirname, '../..');
/** Limit for a test, which may start everything twice on a busy machine. */
const READY_MS = 90_000;
jest.setTimeout(2 * READY_MS);

/** Makes a checkout with the real tools and servers, and a stub for each app. */
function checkoutWithStubs(): string {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
  writeFileSync(join(root, 'nx.json'), '{}');
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  // npm start checks the environment with the parsers of the programs.
  for (const part of ['dist/libs', 'dist/tools', 'dist/apps'])
    cpSync(join(checkout, part), join(root, part), { recursive: true });
  for (const app of appNames) {
    cpSync(join(__dirname, 'fixtures/stub-app.cjs'), join(root, 'dist/apps', app, 'src/main.js'));
    writeFileSync(join(root, 'dist/apps', app, 'src/migrate.js'), '');
  }
  writeFileSync(join(root, 'dist/apps/stream-keeper/src/nats-setup.js'), '');
  return root;
}

describe('npm start', () => {
  let root: string;
  let ports: GatehousePorts;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    root = checkoutWithStubs();
    ports = await freePorts();
  });
  afterEach(async () => {
    const left = started.splice(0).filter((child) => child.exitCode === null && child.signalCode === null);
    for (const child of left) child.kill('SIGKILL');
    await eventually(() => pids().length === 0, { timeoutMs: READY_MS });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const start = (change: NodeJS.ProcessEnv = {}) => {
    const { NATS_URL: _n, DATABASE_URL: _d, NODE_OPTIONS: _o, ...env } = process.env;
    for (const name of Object.keys(ports) as (keyof GatehousePorts)[]) env[portVariables[name]] = String(ports[name]);
    const child = spawn(process.execPath, [join(root, 'dist/tools/src/start/main.js')], {
      env: { ...env, GATEHOUSE_STATE_DIR: '', NATS_SERVER_BIN: env.GATEHOUSE_TEST_NATS_BIN, ...change },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const run = {
      child,
      output: '',
      errors: '',
      exit: new Promise<number | null>((done) => child.once('close', done)),
    };
    child.stdout.on('data', (chunk: Buffer) => (run.output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (run.errors += chunk.toString()));
    return run;
  };
  const ready = async (run: ReturnType<typeof start>) => {
    const running = eventually(() => run.output.includes('Ctrl-C stops everything'), { timeoutMs: READY_MS });
    await Promise.race([running, run.exit.then((code) => Promise.reject(new Error(`exit ${code}: ${run.errors}`)))]);
  };

  /** Lists the processes that use this checkout or its state. */
  const pids = () =>
    process.platform === 'linux'
      ? readdirSync('/proc')
          .map(Number)
          .filter((pid) => Number.isInteger(pid) && pid !== process.pid && commandLine(pid).includes(root))
      : [];

  it('shows each step with its time, then what to try, and no secret', async () => {
    writeFileSync(join(root, 'gate.yaml'), 'routes: [{ path: /shop/*, audience: shop, access: user }]');
    const run = start({ INIT_CWD: root, GATE_FILE: 'gate.yaml' });
    await ready(run);
    expect(run.output).toMatch(/0 +\* +\/shop\/\* +\* +forward auth \(shop\) +users; all API keys/);
    for (const step of ['PostgreSQL', 'nats-server', 'streams', 'migrations', ...appNames]) {
      expect(run.output).toMatch(new RegExp(`✓ ${step}\\s.*\\d\\.\\d s`));
    }
    expect(run.output).toContain('npm run -s token -- asha@example.com');
    expect(run.output).toContain('VITE_CLERK_PUBLISHABLE_KEY=pk_test_c3R1Yg\n');
    expect(run.output).toContain('WARN  a warning of the stub');
    const settings = join(root, '.gatehouse/settings.json');
    const running = join(root, '.gatehouse/running.json');
    for (const file of [settings, running]) expect(statSync(file).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(running, 'utf8'))).toMatchObject({
      natsSetup: { NATS_URL: `nats://127.0.0.1:${ports.nats}`, NATS_USER: 'nats-setup' },
    });
    for (const secret of readFileSync(settings, 'utf8').match(/(?<=: ")[^"]{16,}/g) ?? []) {
      expect(run.output).not.toContain(secret);
    }
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(0);
    expect(run.errors).toBe('');
    expect(pids()).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('stops everything and leaves no process on %s', async (signal) => {
    const run = start();
    await ready(run);
    run.child.kill(signal);
    expect(await run.exit).toBe(0);
    expect(pids()).toEqual([]);
  });

  it('leaves no process when it is killed', async () => {
    const run = start();
    await ready(run);
    expect(pids().length).toBeGreaterThan(6);
    run.child.kill('SIGKILL');
    await eventually(() => pids().length === 0, { timeoutMs: READY_MS });
  });

  it('stops everything when it is interrupted while starting', async () => {
    const run = start();
    await eventually(() => run.output.includes('✓ PostgreSQL'), { timeoutMs: READY_MS });
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(0);
    expect(pids()).toEqual([]);
  });

  it('names a service that crashed, shows its last lines, stops everything and fails', async () => {
    const run = start();
    await ready(run);
    await fetch(`http://127.0.0.1:${ports.userSyncOps}/crash`).catch(() => undefined);
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^user-sync ended with exit code 3, so everything is stopped/);
    expect(run.errors).toContain('the stub was told to crash');
    expect(pids()).toEqual([]);
  });

  it('names a database server that crashed, stops everything and fails', async () => {
    const run = start();
    await ready(run);
    const lock = readFileSync(join(root, '.gatehouse/postgres/data/postmaster.pid'), 'utf8');
    const postmaster = pids().find((pid) => commandLine(pid).includes('max_connections'));
    expect(lock).not.toBe('');
    process.kill(postmaster ?? 0, 'SIGKILL');
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^PostgreSQL was ended by SIGKILL/);
    expect(pids()).toEqual([]);
  });

  it('fails when it already runs, and leaves the first instance running', async () => {
    const first = start();
    await ready(first);
    const second = start();
    expect(await second.exit).toBe(1);
    expect(second.errors).toBe(
      `npm start is already running in this folder (process ${first.child.pid}): use that one, or stop it with Ctrl-C first.\n`,
    );
    expect(first.child.exitCode).toBeNull();
    first.child.kill('SIGTERM');
    await first.exit;
  });

  it("runs no emulator and creates no user with the caller's own Clerk, and says what to do next", async () => {
    const run = start({
      GATEHOUSE_STATE_DIR: join(root, 'own-clerk'),
      CLERK_ISSUER: 'https://clerk.example.com',
      CLERK_SECRET_KEY: 'sk_live_hidden',
      CLERK_WEBHOOK_SIGNING_SECRETS: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    });
    await ready(run);
    expect(run.output).not.toContain('clerk-emulator');
    expect(run.output).toContain('Clerk          https://clerk.example.com        (your own: no emulator runs');
    expect(run.output).toContain('npm run admin -- you@example.com');
    expect(run.output).not.toMatch(/sk_live_hidden|asha@example.com|first admin/);
    expect(pids().filter((pid) => commandLine(pid).includes('clerk-emulator'))).toEqual([]);
    expect(JSON.parse(readFileSync(join(root, 'own-clerk/running.json'), 'utf8'))).toMatchObject({
      urls: {
        gateway: `http://localhost:${ports.gateway}`,
        console: `http://console.localhost:${ports.gateway}`,
        ingest: `http://localhost:${ports.ingest}`,
      },
    });
    expect(existsSync(join(root, 'own-clerk/clerk-emulator.json'))).toBe(false);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    const emulated = start({ GATEHOUSE_STATE_DIR: join(root, 'own-clerk') });
    expect(await emulated.exit).toBe(1);
    expect(emulated.errors).toMatch(/belongs to another Clerk instance: set GATEHOUSE_STATE_DIR to another folder/);
  });

  it('reports every fault of every program, and misspelt variables, before anything is started', async () => {
    const run = start({
      CORS_ORIGIN: 'https://a.example',
      CORS_ORIGINS: 'hidden',
      INIT_CWD: root,
      GATE_FILE: 'missing.yaml',
      RECONCILE_INTERVAL_MS: 'hidden',
      REBUILD_POLL_MS: 'hidden',
    });
    expect(await run.exit).toBe(1);
    expect(run.errors.split('\n').map((line) => line.trim().split(/[ [(]/)[0])).toEqual([
      'Nothing',
      'CORS_ORIGINS',
      'GATE_FILE',
      'REBUILD_POLL_MS',
      'RECONCILE_INTERVAL_MS',
      '',
    ]);
    expect(run.errors).not.toContain('hidden');
    expect(run.output).toBe('');
    const misnamed = start({ CORS_ORIGIN: 'https://a.example', RETRY_MAX: 'hidden' });
    expect(await misnamed.exit).toBe(1);
    expect(misnamed.output).toBe('! CORS_ORIGIN is ignored: did you mean CORS_ORIGINS?\n');
  });

  it('names a taken port and the variable for another one, in one sentence', async () => {
    const other = createServer().listen(ports.gateway, '127.0.0.1');
    const run = start();
    expect(await run.exit).toBe(1);
    expect(run.errors).toBe(
      `Port ${ports.gateway}, which api-gateway needs, is taken by another program: stop that program or set GATEHOUSE_GATEWAY_PORT to a free port.\n`,
    );
    other.close();
  });

  it('says in one sentence that there is no nats-server, and stops PostgreSQL again', async () => {
    const path = join(root, 'path');
    mkdirSync(path);
    // PostgreSQL needs it to run as root.
    symlinkSync('/usr/bin/unshare', join(path, 'unshare'));
    symlinkSync('/usr/bin/true', join(path, 'true'));
    const run = start({ NATS_SERVER_BIN: '', PATH: path, NATS_SERVER_DOWNLOAD_BASE: 'http://127.0.0.1:1' });
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^nats-server not found\. .*NATS_SERVER_BIN.*\n$/);
    expect(pids()).toEqual([]);
  });

  it('names the variable of a server that it cannot use, without the URL', async () => {
    const run = start({ DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/postgres' });
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^Cannot use the server in DATABASE_URL: .*\n$/);
    expect(run.errors).not.toContain('hidden');
    const passwords = serviceNames.map((name) => [natsPasswordVariable(name), 'hidden']);
    const nats = start({ NATS_URL: 'nats://127.0.0.1:1', ...Object.fromEntries(passwords) });
    expect(await nats.exit).toBe(1);
    expect(nats.errors).toMatch(/^Cannot use the server in NATS_URL as [a-z-]+: .*\n$/);
  });

  it('names the variable of a server URL that is malformed, without the URL', async () => {
    const run = start({ DATABASE_URL: 'hidden' });
    expect(await run.exit).toBe(1);
    expect([run.output, run.errors]).toEqual(['', 'DATABASE_URL is not a postgres:// URL.\n']);
  });

  it('reports a full disk when a log cannot be written, stops everything and fails', async () => {
    // Every write to this device of Linux fails as on a full disk.
    if (!existsSync('/dev/full')) return;
    const state = join(root, 'full');
    mkdirSync(join(state, 'logs'), { recursive: true });
    symlinkSync('/dev/full', join(state, 'logs/user-sync.log'));
    const run = start({ GATEHOUSE_STATE_DIR: state });
    expect(await run.exit).toBe(1);
    expect(run.errors).toBe('There is no space left on the disk. Everything is stopped.\n');
    expect(pids()).toEqual([]);
  });

  it('shows why the streams could not be set up, and stops everything', async () => {
    const program = join(root, 'dist/apps/stream-keeper/src/nats-setup.js');
    writeFileSync(program, `console.error('nats-setup failed: the reason\\nWhat to do'); process.exitCode = 1;`);
    const run = start({ DATABASE_URL: process.env.GATEHOUSE_TEST_PG_URL });
    expect(await run.exit).toBe(1);
    writeFileSync(program, '');
    expect(run.errors).toMatch(
      /^Setting up the streams failed: .*\n {2}nats-setup failed: the reason\n {2}What to do\n$/,
    );
    expect(pids()).toEqual([]);
  });

  it('uses the PostgreSQL server in DATABASE_URL', async () => {
    const run = start({ DATABASE_URL: process.env.GATEHOUSE_TEST_PG_URL });
    await ready(run);
    expect(run.output).toMatch(/✓ PostgreSQL\s+18\.\d+, as DATABASE_URL says/);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
  });

  it('fails with one sentence, and does not hang, when the state folder cannot be created', async () => {
    // The file system /proc of Linux reports a missing parent although the parent exists.
    if (!existsSync('/proc/self')) return;
    const run = start({ GATEHOUSE_STATE_DIR: '/proc/gatehouse' });
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^The folder \/proc\/gatehouse cannot be written to by this user.*\n$/);
    const long = start({ GATEHOUSE_STATE_DIR: join(root, 'x'.repeat(300)) });
    expect(await long.exit).toBe(1);
    expect(long.errors).toMatch(/^The path .* is too long: choose a shorter one.\n$/);
  });

  it('works in a folder whose name has blanks, quotes and non-ASCII letters', async () => {
    const state = join(root, `st "a't$e%20 ü`);
    const run = start({ GATEHOUSE_STATE_DIR: state });
    await ready(run);
    expect(existsSync(join(state, 'logs/user-sync.log'))).toBe(true);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
  });

  it('names a folder that is not writable, in one sentence', async () => {
    writeFileSync(join(root, 'in-the-way'), '');
    const run = start({ GATEHOUSE_STATE_DIR: join(root, 'in-the-way/state') });
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^The folder .* cannot be written to by this user.*\n$/);
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
