import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { natsIdentities, natsPasswordVariable } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { type OwnNats, startOwnNats } from '@gatehouse/testing';

const root = workspaceRoot();
const run = promisify(execFile);

let nats: OwnNats;
let state: string;

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-nats-commands-'));
  nats = await startOwnNats();
});
afterAll(async () => {
  await nats?.dispose();
  rmSync(state, { recursive: true, force: true });
});

/** Runs a command of package.json with these variables alone, on an empty state directory. */
async function npmRun(script: string, variables: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, GATEHOUSE_STATE_DIR: state, ...variables };
  try {
    const { stdout, stderr } = await run('npm', ['run', '--silent', script], { cwd: root, env, timeout: 120_000 });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe('npm run nats:setup', () => {
  it('sets up the server in NATS_URL as nats-setup', async () => {
    const { code, out, err } = await npmRun('nats:setup', {
      NATS_URL: nats.url,
      NATS_PASSWORD_NATS_SETUP: nats.as('nats-setup').pass,
      NATS_USER: 'ignored',
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^(stream|consumer) .*: created$/m);
  });

  it('says which variable is missing, or that nothing runs', async () => {
    expect(await npmRun('nats:setup', { NATS_URL: nats.url })).toEqual({
      code: 1,
      out: '',
      err: 'NATS_PASSWORD_NATS_SETUP must be set with NATS_URL: the password of the NATS user nats-setup.\n',
    });
    expect(await npmRun('nats:setup')).toEqual({
      code: 1,
      out: '',
      err: 'Gatehouse is not running: run npm start first, or set NATS_URL and NATS_PASSWORD_NATS_SETUP.\n',
    });
  });
});

describe('npm run nats:config', () => {
  it('prints a file for nats-server with a variable for each password, and nothing else', async () => {
    const { code, out, err } = await npmRun('nats:config');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const identity of natsIdentities) {
      expect(out).toContain(`{ user: "${identity}", password: $${natsPasswordVariable(identity)}, permissions: `);
    }
    const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect([lines.at(0), lines.at(-1)]).toEqual(['accounts {', '}']);
  });
});
