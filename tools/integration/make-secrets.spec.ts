import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { natsIdentities } from '@gatehouse/contracts';
import {
  eventually,
  freePort,
  Leash,
  ManagedProcess,
  natsVersion,
  resolveNatsServer,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { natsServers } from '@gatehouse/testing';
import { connect } from '@nats-io/transport-node';

const root = workspaceRoot();
const run = promisify(execFile);

let place: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'gatehouse-make-secrets-'));
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs a built program as npm does in a folder. */
async function program(path: string, args: readonly string[], folder = place) {
  const options = { cwd: root, env: { ...process.env, INIT_CWD: folder }, timeout: 60_000 };
  try {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'dist', path), ...args], options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

const secrets = (...args: string[]) => program('tools/src/make-secrets/main.js', args);
const secret = (file: string) => readFileSync(join(place, 'secrets', file), 'utf8');

describe('npm run secrets', () => {
  it('prints each file and the ones to write, without a value', async () => {
    const { code, out, err } = await secrets('secrets', '--postgres-host', 'db.example.com', '--postgres-port', '6432');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines[0]).toBe(join(place, 'secrets'));
    expect(lines).toContain('  made    user-sync/DATABASE_URL');
    expect(lines).toContain('Write these files yourself:');
    expect(lines).toContain('  user-sync/CLERK_SECRET_KEY');
    expect(secret('user-sync/DATABASE_URL')).toContain('@db.example.com:6432/gatehouse_users');
    for (const identity of natsIdentities) expect(out).not.toContain(secret(`${identity}/NATS_PASSWORD`));
    expect((await secrets('secrets')).out).toContain('  kept    user-sync/DATABASE_URL\n');
  });

  it.each([
    ['no folder', []],
    ['two folders', ['a', 'b']],
    ['an unknown option', ['a', '--host', 'db']],
    ['a host with a port', ['a', '--postgres-host', 'db:5432']],
    ['a host that is a URL', ['a', '--postgres-host', 'postgres://db']],
    ['a port that is none', ['a', '--postgres-port', '70000']],
  ])('prints its usage for %s, and writes nothing', async (_, args) => {
    const { code, out, err } = await secrets(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^usage: npm run --silent secrets -- <directory>/);
    expect(existsSync(join(place, 'a'))).toBe(false);
  });

  it('names a folder that it cannot write to', async () => {
    writeFileSync(join(place, 'file'), '');
    const { code, err } = await secrets('file');
    expect(code).toBe(1);
    expect(err).toContain(join(place, 'file'));
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe.each(natsServers())('deploy/nats/nats-server.conf with the generated passwords, on $server,', (named) => {
  let url: string;
  let directory: string;
  let leash: Leash;
  let server: ManagedProcess;

  beforeAll(async () => {
    await secrets('secrets');
    directory = mkdtempSync(join(place, 'nats-'));
    leash = Leash.start();
    const { out } = await program('apps/stream-keeper/src/nats-config.js', ['--passwords', './passwords.conf']);
    writeFileSync(join(directory, 'gatehouse-accounts.conf'), out);
    copyFileSync(join(place, 'secrets/nats-server/passwords.conf'), join(directory, 'passwords.conf'));
    const path = named.program ?? (await localProgram());
    const conf = readFileSync(join(root, 'deploy/nats/nats-server.conf'), 'utf8');
    // nats-server 2.9 does not know this setting; it is in no deployment that follows the documentation.
    const known = (await natsVersion(path)).startsWith('2.9.') ? conf.replace(/^ *sync_interval: .*$/m, '') : conf;
    expect(known.includes('sync_interval')).toBe(known === conf);
    const own = known.replace(/^http: .*$/m, '').replace(/store_dir: .*/, `store_dir: "${join(directory, 'store')}"`);
    writeFileSync(join(directory, 'nats-server.conf'), own);
    const port = await freePort();
    url = `nats://127.0.0.1:${port}`;
    server = await ManagedProcess.start({
      name: 'nats-server',
      command: path,
      args: ['-c', join(directory, 'nats-server.conf'), '-p', String(port)],
      cwd: directory,
      env: { PATH: process.env.PATH },
      logFile: join(directory, 'nats-server.log'),
      leash,
    });
    await eventually(async () => {
      const probe = await connect({ servers: url, reconnect: false, timeout: 1_000 }).catch((error: Error) => error);
      return probe instanceof Error && /authorization/i.test(probe.message);
    });
  });

  afterAll(async () => {
    await server?.stop();
    await leash?.release();
  });

  it.each(natsIdentities)('lets %s connect with its password, and with no other', async (identity) => {
    const login = { servers: url, user: identity, reconnect: false };
    const connection = await connect({ ...login, pass: secret(`${identity}/NATS_PASSWORD`) });
    expect(connection.info?.max_payload).toBe(2 * 1024 * 1024);
    await connection.close();
    await expect(connect({ ...login, pass: 'another' })).rejects.toThrow(/authorization/i);
  });
});

/** The nats-server of a run with containers, whose configuration is not the one of a machine. */
async function localProgram(): Promise<string> {
  const env = { ...process.env, NATS_URL: undefined };
  const found = await resolveNatsServer({ env, stateDirectory: workspaceState() });
  return found.kind === 'program' ? found.path : '';
}
