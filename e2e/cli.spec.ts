import { type ChildProcess, spawn as start } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { freePorts, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { spawn as startInTerminal } from '@lydell/node-pty';
import { type Stack, startStack } from './stack';

/*
 * The command line of operators against the whole of Gatehouse, through pipes as scripts use it, and in a pseudo-terminal
 * as people do.
 */
const program = join(workspaceRoot(), 'dist/apps/cli/src/main.js');
const SCOPES = ['*:read', '*:write', 'webhook-events:redrive', 'keys:admin', 'users:import'];

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let stack: Stack;
let clerk: ClerkClient;
let folder: string;
let env: Record<string, string>;
let adaId: string;
let adminToken: () => Promise<string>;

beforeAll(async () => {
  stack = await startStack({ CLERK_SEED_ROLES: 'user,developer,admin', RECONCILE_MAX_DELETIONS: '0' });
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  const { CLERK_SECRET_KEY: secretKey = '' } = stack.gatehouse.environments['clerk-emulator'];
  clerk = createClerkClient({ secretKey, apiUrl: `http://127.0.0.1:${stack.gatehouse.ports.emulator}` });
  const admin = await clerk.users.createUser({
    skipPasswordRequirement: true,
    emailAddress: ['root@cli.example.com'],
    publicMetadata: { role: 'admin' },
  });
  const session = await clerk.sessions.createSession({ userId: admin.id });
  adminToken = async () => (await clerk.sessions.getToken(session.id)).jwt;
  const ada = await clerk.users.createUser({
    skipPasswordRequirement: true,
    emailAddress: ['ada@cli.example.com'],
    firstName: 'Ada',
  });
  adaId = ada.id;
  const url = `http://127.0.0.1:${stack.gatehouse.ports.gateway}`;
  const key = await eventually(async () => {
    const response = await fetch(`${url}/api/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await adminToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'cli', scopes: SCOPES }),
    });
    return response.status === 201 ? ((await response.json()) as { key: string }).key : null;
  });
  const { PATH = '' } = process.env;
  env = { PATH, HOME: folder, GATEHOUSE_URL: url, GATEHOUSE_API_KEY: key ?? '' };
});

afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function begin(args: readonly string[], changes: Record<string, string> = {}): ChildProcess {
  return start(process.execPath, [program, ...args], { env: { ...env, ...changes }, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function gatehouse(args: readonly string[], changes: Record<string, string> = {}, input = ''): Promise<Outcome> {
  const child = begin(args, changes);
  child.stdin?.end(input);
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { code: await code, out, err };
}

/** Runs the command in a terminal; `keys` are typed when `question` is shown. */
async function inTerminal(
  args: string[],
  question: RegExp,
  keys: string,
  changes: Record<string, string> = {},
): Promise<Outcome> {
  const child = startInTerminal(process.execPath, [program, ...args], {
    ...{ env: { ...env, ...changes }, cols: 160, rows: 40 },
  });
  let out = '';
  let isAsked = false;
  child.onData((data) => {
    out += data;
    if (isAsked || !question.test(out)) return;
    isAsked = true;
    child.write(keys);
  });
  const code = await new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  return { code, out, err: '' };
}

/** What `gatehouse token` needs to sign in at the emulator. */
function emulator(): Record<string, string> {
  const { CLERK_SECRET_KEY = '' } = stack.gatehouse.environments['clerk-emulator'];
  return { CLERK_SECRET_KEY, CLERK_API_URL: `http://127.0.0.1:${stack.gatehouse.ports.emulator}` };
}

/** Session tokens of an admin in place of the API key. Each is valid for a minute; the command makes a new one. */
function signedIn(): Record<string, string> {
  const command = `"${process.execPath}" "${program}" token root@cli.example.com`;
  return { ...emulator(), GATEHOUSE_API_KEY: '', GATEHOUSE_TOKEN_COMMAND: command };
}

const lines = (json: string): Record<string, unknown>[] =>
  json
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('in a script', () => {
  it('events are listed, shown, and counted by status', async () => {
    await eventually(async () => {
      const { out } = await gatehouse(['events', 'list', '--user', adaId, '--json']);
      expect(lines(out)).toContainEqual(expect.objectContaining({ eventType: 'user.created', status: 'success' }));
    });
    const [event] = lines((await gatehouse(['events', 'list', '--user', adaId, '--json'])).out);
    const shown = await gatehouse(['events', 'show', String(event?.webhookId)]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/^Status +success$/m);
    expect(shown.out).toContain('"object": "event"');
    const status = await gatehouse(['status']);
    expect(status.out).toMatch(/^Dead +0$/m);
    expect(await gatehouse(['events', 'list', '--dead', '--since', '1h'])).toEqual({
      ...{ code: 0, out: '', err: 'There are no such events.\n' },
    });
    const series = lines((await gatehouse(['stats', '--since', '1h', '--step', '5min', '--json'])).out);
    expect(series.reduce((sum, { received }) => sum + Number(received), 0)).toBeGreaterThan(0);
    expect((await gatehouse(['stats'])).out).toMatch(/^FROM \(UTC\) +RECEIVED +APPLIED/);
    const gateways = await gatehouse(['gateways', '--json']);
    expect(lines(gateways.out)).toMatchObject([{ live: true }]);
    const hook = `http://127.0.0.1:${stack.gatehouse.ports.ingest}/webhooks/clerk`;
    await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    await eventually(async () => {
      const { out } = await gatehouse(['rejected', '--reason', 'missing_header', '--json']);
      expect(lines(out)[0]).toMatchObject({ sourceIp: '127.0.0.1' });
    });
  });

  it('a user is found, explained and changed, and the answer says which gateways apply it', async () => {
    const found = await gatehouse(['users', 'find', 'ada@cli', '--json']);
    expect(lines(found.out)).toMatchObject([{ clerkUserId: adaId, email: 'ada@cli.example.com' }]);
    const story = await gatehouse(['users', 'explain', 'ada@cli.example.com']);
    expect(story.out).toMatch(/user\.created/);
    const refused = await gatehouse(['users', 'tier', adaId, 'pro']);
    expect(refused).toMatchObject({ code: 130, out: '' });
    expect(refused.err).toContain('--yes');
    const changed = await gatehouse(['users', 'tier', adaId, 'pro', '--yes', '--json']);
    expect(lines(changed.out)).toMatchObject([{ user: { subscription: 'pro' }, propagation: { gateways: 1 } }]);
  });

  it('a role is refused with a key, and set with a session token from a command', async () => {
    expect(await gatehouse(['users', 'role', adaId, 'developer', '--yes'])).toMatchObject({ code: 3 });
    const token = await adminToken();
    const signedIn = { GATEHOUSE_API_KEY: '', GATEHOUSE_TOKEN_COMMAND: `echo ${token}` };
    const { code, out } = await gatehouse(['users', 'role', adaId, 'developer', '--yes'], signedIn);
    expect([code, /^Role +developer$/m.test(out)]).toEqual([0, true]);
    const failing = await gatehouse(['status'], {
      GATEHOUSE_API_KEY: '',
      GATEHOUSE_TOKEN_COMMAND: `echo ${token}; exit 7`,
    });
    expect(failing).toMatchObject({ code: 2, err: 'gatehouse: GATEHOUSE_TOKEN_COMMAND failed with exit code 7.\n' });
  });

  it('a link to the console is printed: by a key, and by a session token with a new key that is named', async () => {
    const byKey = await gatehouse(['console', '--json']);
    const link = expect.stringMatching(/^http:\/\/console\.localhost:\d+\/console#code=[\w-]+$/) as string;
    expect(lines(byKey.out)).toMatchObject([{ url: link }]);
    const byToken = await gatehouse(['console'], signedIn());
    expect([byToken.code, byToken.out]).toEqual([0, expect.stringContaining('#code=')]);
    expect(byToken.err).toMatch(/Made the API key [0-9a-f-]{36} /);
  });

  it('a key is created with a session token, found by its prefix, and rotated', async () => {
    const refused = await gatehouse(['keys', 'create', 'on call', '--scope', '*:read']);
    expect([refused.code, refused.out]).toEqual([3, '']);
    const made = await gatehouse(
      ['keys', 'create', 'on call', '--scope', '*:read', 'keys:admin', '--expires', '90d'],
      signedIn(),
    );
    expect(made.out).toMatch(/^sk_\w+\n$/);
    const own = { GATEHOUSE_API_KEY: made.out.trim() };
    const [prefix = ''] = /^sk_[a-z]+_.{6}/.exec(made.out) ?? [];
    const [found] = lines((await gatehouse(['keys', 'list', '--prefix', prefix, '--json'], own)).out);
    expect(found).toMatchObject({ name: 'on call', scopes: ['*:read', 'keys:admin'], state: 'active' });
    const rotated = await gatehouse(['keys', 'rotate', String(found?.id), '--json'], signedIn());
    expect(lines(rotated.out)).toMatchObject([{ key: { name: 'on call', state: 'active' } }]);
    expect(await gatehouse(['status'], own)).toMatchObject({ code: 3 });
  });

  it('users are imported from a file: planned with a key, applied with a session token, and undone', async () => {
    const file = join(folder, 'users.csv');
    writeFileSync(file, 'externalId,email,emailVerified,firstName\n1,zoe@import.example.com,true,Zoë\n2,,,Nobody\n');
    const planned = await gatehouse(['users', 'import', file]);
    expect(planned.code).toBe(0);
    expect(planned.out).toMatch(/^State +needs_approval$/m);
    expect(planned.out).toMatch(/^Plan +1 create, 1 conflict$/m);
    const [, id = ''] = /imports approve (\S+)/.exec(planned.err) ?? [];
    const rows = await gatehouse(['imports', 'rows', id, '--action', 'conflict', '--json']);
    expect(lines(rows.out)).toMatchObject([{ line: 3, reason: 'address_missing' }]);
    const applied = await gatehouse(['imports', 'approve', id, '--yes', '--json'], signedIn());
    expect(lines(applied.out)).toMatchObject([{ state: 'done', outcomes: { applied: 1 } }]);
    expect(await gatehouse(['users', 'show', 'zoe@import.example.com'])).toMatchObject({ code: 0 });
    const undone = await gatehouse(['imports', 'undo', id, '--yes', '--json'], signedIn());
    expect(lines(undone.out)).toMatchObject([{ state: 'undone' }]);
    const text = join(folder, 'users.txt');
    expect(await gatehouse(['users', 'import', text])).toMatchObject({ code: 2, err: expect.stringContaining('.csv') });
  });

  it('programs of services are commands where these are installed, with their exit codes', async () => {
    const accounts = await gatehouse(['nats', 'config', '--passwords', './passwords.conf']);
    expect([accounts.code, accounts.out]).toEqual([0, expect.stringContaining('include "./passwords.conf"')]);
    const userSync = stack.gatehouse.environments['user-sync'] as Record<string, string>;
    const promised = await gatehouse(['admin', 'create', 'first@cli.example.com'], userSync);
    expect([promised.code, promised.out]).toEqual([0, expect.stringContaining('No such user is here yet')]);
    expect((await gatehouse(['admin', 'promises'], userSync)).out).toContain('first@cli.example.com');
    expect(await gatehouse(['admin', 'create', 'nobody'], userSync)).toMatchObject({ code: 2 });
  });

  it('a session token of a user is printed, for the emulator', async () => {
    const { out } = await gatehouse(['token', 'root@cli.example.com'], emulator());
    const own = { GATEHOUSE_API_KEY: '', GATEHOUSE_TOKEN: out.trim() };
    expect(await gatehouse(['status'], own)).toMatchObject({ code: 0 });
    expect(await gatehouse(['token', 'nobody@cli.example.com'], emulator())).toMatchObject({ code: 4, out: '' });
    expect(await gatehouse(['token', 'root@cli.example.com'])).toMatchObject({ code: 2, out: '' });
  });

  it('a run compares all users with Clerk, and shows its progress', async () => {
    const { code, out } = await gatehouse(['reconcile', 'start', '--json']);
    const [run] = lines(out);
    expect([code, run?.state]).toEqual([0, 'done']);
    expect(await gatehouse(['reconcile', 'users', String(run?.id), '--undoable'])).toEqual({
      ...{ code: 0, out: '', err: 'There are none.\n' },
    });
    expect((await gatehouse(['reconcile', 'list'])).out).toMatch(/done +admin/);
  });

  it('the doctor finds nothing to do, and then what is wrong', async () => {
    const hooks = `http://127.0.0.1:${stack.gatehouse.ports.ingest}/webhooks/clerk`;
    const well = await gatehouse(['doctor', '--webhook-url', hooks, '--json']);
    const status = Object.fromEntries(lines(well.out).map((one) => [one.check, one.status]));
    expect(status).toMatchObject({
      gateway: 'ok',
      credential: 'ok',
      clock: 'ok',
      webhooks: 'ok',
      users: 'ok',
      'webhook address': 'ok',
    });
    const ill = await gatehouse(['doctor', '--webhook-url', hooks.replace('/webhooks/clerk', '/nowhere')]);
    expect(ill).toMatchObject({ code: 6 });
    expect(ill.out).toContain('✗ webhook address');
  });

  it('each kind of failure has an exit code, a code of the problem, and a hint', async () => {
    const unknown = await gatehouse(['users', 'show', 'nobody@cli.example.com', '--json']);
    expect([unknown.code, unknown.out]).toEqual([4, '']);
    expect(JSON.parse(unknown.err)).toMatchObject({ error: { code: 'not_found', status: 404 } });
    const key = `sk_dev_${'a'.repeat(43)}_${'b'.repeat(6)}`;
    const stranger = await gatehouse(['status'], { GATEHOUSE_API_KEY: key });
    expect(stranger.code).toBe(3);
    expect(stranger.err).not.toContain(key);
    const { gateway: unused } = await freePorts();
    const away = await gatehouse(['status'], { GATEHOUSE_URL: `http://127.0.0.1:${unused}` });
    expect(away).toMatchObject({ code: 5 });
    expect(away.err).toContain('network_failed: no response (ECONNREFUSED)');
    expect(await gatehouse(['events', 'list', '--limit', 'many'])).toMatchObject({ code: 2 });
    expect(await gatehouse(['nothing'])).toMatchObject({ code: 2 });
    expect(await gatehouse(['status'], { GATEHOUSE_URL: '' })).toMatchObject({ code: 2 });
  });

  it('a key is stored from standard input, and used', async () => {
    const own = { GATEHOUSE_URL: '', GATEHOUSE_API_KEY: '' };
    const { GATEHOUSE_URL: url = '', GATEHOUSE_API_KEY: key = '' } = env;
    expect(await gatehouse(['profile', 'add', 'local', url], own, key)).toMatchObject({ code: 0 });
    expect(await gatehouse(['status'], own)).toMatchObject({ code: 0 });
    const listed = await gatehouse(['profile', 'list'], own);
    expect(listed.out).toMatch(/\* +local +http.*API key/);
    expect(listed.out).not.toContain(key);
  });

  it('events are followed until it is interrupted', async () => {
    const child = begin(['events', 'tail', '--json']);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    // The command tells nobody when it has begun, so there is an event until one is shown.
    await eventually(async () => {
      await clerk.users.updateUser(adaId, { lastName: `Lovelace ${Date.now()}` });
      return lines(out).some(({ eventType, status }) => eventType === 'user.updated' && status === 'success');
    });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('what an operator does at night', () => {
  const json = async (...args: string[]) => lines((await gatehouse([...args, '--json'])).out);

  it('an event that no retry can fix is marked before it is redriven', async () => {
    const id = `msg_${Date.now()}`;
    const data = { object: 'user', id: 'user_broken', email_addresses: 'none' };
    await stack.deliver(id, JSON.stringify({ type: 'user.updated', object: 'event', data }));
    await stack.settled(id);
    expect((await gatehouse(['status'])).err).toContain('gatehouse events list --dead');
    const plan = await gatehouse(['events', 'redrive', '--since', '12h', '--dry-run']);
    expect(plan.out).toMatch(/^redrive +user\.updated .*no retry can fix it/m);
    expect(plan.err).toContain('1 of them will fail again');
    expect(await json('events', 'redrive', '--error-code', 'EVENT_INVALID', '--yes')).toMatchObject([
      { done: true, progress: { failed: 1 } },
    ]);
  });

  it('a deletion that no event told is shown before it is approved, and undone', async () => {
    const gone = await clerk.users.createUser({
      skipPasswordRequirement: true,
      emailAddress: ['gone@cli.example.com'],
    });
    await eventually(async () => expect((await gatehouse(['users', 'show', gone.id])).code).toBe(0));
    const emulator = `http://127.0.0.1:${stack.gatehouse.ports.emulator}/emulator`;
    await fetch(`${emulator}/pause`, { method: 'POST' });
    await clerk.users.deleteUser(gone.id);
    const [run] = await json('reconcile', 'start');
    expect(run).toMatchObject({ state: 'needs_approval' });
    const id = String(run?.id);
    expect(await json('reconcile', 'users', id)).toMatchObject([{ clerkUserId: gone.id, deletedAt: null }]);
    const refused = await gatehouse(['reconcile', 'approve', id]);
    expect([refused.code, refused.err]).toEqual([130, expect.stringContaining('gone@cli.example.com')]);
    expect(await json('reconcile', 'approve', id, '--yes')).toMatchObject([{ state: 'done', changes: { delete: 1 } }]);
    expect(await json('reconcile', 'users', id, '--undoable')).toMatchObject([{ clerkUserId: gone.id }]);
    expect(await json('reconcile', 'undo', id, '--yes')).toMatchObject([{ restored: 1 }]);
    expect(await json('users', 'show', gone.id)).toMatchObject([{ deletedAt: null }]);
    await fetch(`${emulator}/resume`, { method: 'POST' });
  });
});

describe('in a terminal', () => {
  it('it shows who is meant, asks, and changes nothing without a yes', async () => {
    const { code, out } = await inTerminal(['users', 'deactivate', adaId], /Deactivate this user/, 'n');
    expect(code).toBe(130);
    expect(out).toContain('ada@cli.example.com');
    expect(lines((await gatehouse(['users', 'show', adaId, '--json'])).out)).toMatchObject([{ isActive: true }]);
  });

  it('it changes the user whom it has shown, also when the address has passed to another one meanwhile', async () => {
    const email = 'passed@cli.example.com';
    const own = { skipPasswordRequirement: true };
    const shown = await clerk.users.createUser({ ...own, emailAddress: [email] });
    await eventually(async () => expect((await gatehouse(['users', 'show', email])).code).toBe(0));
    const child = startInTerminal(process.execPath, [program, 'users', 'tier', email, 'pro'], {
      env,
      cols: 160,
      rows: 40,
    });
    let out = '';
    child.onData((data) => (out += data));
    const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
    await eventually(() => expect(out).toContain('Set the tier'));
    await clerk.users.deleteUser(shown.id);
    const other = await clerk.users.createUser({ ...own, emailAddress: [email] });
    await eventually(async () => expect((await gatehouse(['users', 'show', other.id])).code).toBe(0));
    child.write('y');
    await ended;
    expect(lines((await gatehouse(['users', 'show', other.id, '--json'])).out)).toMatchObject([
      { subscription: 'free' },
    ]);
  });

  it('it does what was confirmed', async () => {
    const { code } = await inTerminal(['users', 'deactivate', adaId], /Deactivate this user/, 'y');
    expect(code).toBe(0);
    expect(lines((await gatehouse(['users', 'show', adaId, '--json'])).out)).toMatchObject([{ isActive: false }]);
    expect(await gatehouse(['users', 'reactivate', adaId])).toMatchObject({ code: 0 });
  });

  it('shows the plan of an import, asks, and applies it', async () => {
    const file = join(folder, 'more.jsonl');
    writeFileSync(file, '{"externalId":"7","email":"seven@import.example.com","emailVerified":true}\n');
    const { code, out } = await inTerminal(['users', 'import', file], /Change 1 users/, 'y', signedIn());
    expect([code, out]).toEqual([0, expect.stringMatching(/The plan: 1 create[^]*State +.*done/)]);
  });

  it('completes commands and options in bash', async () => {
    const { out } = await gatehouse(['completion', 'bash']);
    const ask = `COMP_WORDS=(gatehouse events re); COMP_CWORD=2; _gatehouse; echo "\${COMPREPLY[@]}"; COMP_WORDS=(gatehouse events list --st); COMP_CWORD=3; _gatehouse; echo "\${COMPREPLY[@]}"`;
    const shell = start('bash', ['-c', `${out}\n${ask}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await text(shell.stdout)).toBe('redrive\n--status\n');
  });
});
