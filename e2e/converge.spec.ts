import { PATIENCE_MS, eventually } from '@gatehouse/testing';
import { type Stack, startStack } from './stack';

/** More than one page of a reconcile run. */
const USERS = 700;
const CREATORS = 16;

interface Run {
  id: string;
  state: string;
  usersDone: number;
  changes: Record<string, number>;
}

let stack: Stack;
let token: string;

beforeAll(async () => {
  // No webhook is sent: every user here was found by a reconcile run.
  stack = await startStack({ WEBHOOK_URLS: 'none', LOG_LEVEL: 'warn', CLERK_WRITE_BACK: 'off' });
  token = await adminToken();
});

afterAll(() => stack.stop());

async function clerk<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const { settings, ports } = stack.gatehouse;
  const response = await fetch(`http://127.0.0.1:${ports.emulator}${path}`, {
    method,
    headers: { authorization: `Bearer ${settings.clerkSecretKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}`);
  return (await response.json()) as Answer;
}

async function adminToken(): Promise<string> {
  const admin = await clerk<{ id: string }>('POST', '/v1/users', {
    email_address: ['walker+clerk_test@example.com'],
    public_metadata: { role: 'admin' },
  });
  const session = await clerk<{ id: string }>('POST', '/emulator/sessions', { user_id: admin.id });
  const { jwt } = await clerk<{ jwt: string }>('POST', '/emulator/tokens', {
    session_id: session.id,
    expires_in_seconds: 600,
  });
  return jwt;
}

async function admin<Answer>(method: string, path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.gateway}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

const run = (id: string) => admin<Run>('GET', `/admin/reconcile/${id}`).catch(() => undefined);

async function makeUsers(): Promise<void> {
  let next = 0;
  const create = async () => {
    for (let n = next++; n < USERS; n = next++) {
      await clerk('POST', '/v1/users', { email_address: [`walked${n}@example.com`], first_name: `Walked${n}` });
    }
  };
  await Promise.all(Array.from({ length: CREATORS }, create));
}

it('a killed reconcile run continues where it was and finds every user, and a second run changes nothing', async () => {
  await makeUsers();
  const { id } = await admin<Run>('POST', '/admin/reconcile');
  const userSync = stack.gatehouse.apps['user-sync'];
  await eventually(async () => ((await run(id))?.usersDone ?? 0) > 0, { intervalMs: 10 });
  await userSync.kill();
  const { rows: left } = await stack.users.query<{ users_done: number }>('SELECT users_done FROM reconcile_runs');
  await userSync.start();
  const done = (await eventually(
    async () => {
      const now = await run(id);
      return now?.state === 'done' ? now : null;
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  )) as Run;
  expect(done.usersDone).toBe(USERS + 1);
  expect(left[0]?.users_done).toBeGreaterThan(0);
  const { rows } = await stack.users.query<{ count: string }>('SELECT count(*) FROM users WHERE deleted_at IS NULL');
  expect(Number(rows[0]?.count)).toBe(USERS + 1);

  const again = await admin<Run>('POST', '/admin/reconcile');
  await eventually(async () => (await run(again.id))?.state === 'done', { timeoutMs: 60_000, intervalMs: 200 });
  expect((await run(again.id))?.changes).toEqual({ duplicate: USERS + 1 });
}, 600_000);

it('the explain route returns the origin of every column of a user', async () => {
  const [user] = await clerk<{ id: string }[]>('GET', '/v1/users?email_address=walked7%40example.com');
  const story = await admin<{ state: string; steps: { decision: string; source: string }[]; lastSighting: object }>(
    'GET',
    `/admin/users/${user?.id}/explain`,
  );
  expect(story).toMatchObject({
    state: 'live',
    steps: [{ decision: 'create', source: 'reconcile' }],
    lastSighting: { decision: 'duplicate' },
  });
});
