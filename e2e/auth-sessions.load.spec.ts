import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { Leash } from '@gatehouse/local-stack';
import { type ParsedJson, PATIENCE_MS, eventually } from '@gatehouse/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountingProxy } from './counting-proxy';
import { type Replica, startReplica } from './replica';
import { type Stack, startStack } from './stack';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0';
/** No server listens on this port. */
const NOWHERE = 1;

let stack: Stack;
let proxy: CountingProxy;
let clerk: ClerkClient;
let emulator: string;
let leash: Leash;
let second: Replica;
/** Addresses of both gateways. */
let gateways: string[];

beforeAll(async () => {
  proxy = await CountingProxy.start();
  const settings = { CLERK_API_URL: proxy.url, CLERK_SEED_ROLES: 'user,developer,admin', WRITE_BACK_LEASE_MS: '2000' };
  stack = await startStack(settings, ['user-sync']);
  const { ports, environments } = stack.gatehouse;
  proxy.leadTo(ports.emulator);
  emulator = `http://127.0.0.1:${ports.emulator}`;
  clerk = createClerkClient({ secretKey: environments['clerk-emulator'].CLERK_SECRET_KEY ?? '', apiUrl: emulator });
  leash = Leash.start();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-second-gateway-'));
  leash.removeAtEnd(directory);
  second = await startReplica(stack.gatehouse, 'api-gateway', directory, leash);
  gateways = [`http://127.0.0.1:${ports.gateway}`, `http://127.0.0.1:${second.port}`];
});

afterAll(async () => {
  await second?.app.stop();
  await leash?.release();
  await stack?.stop();
  proxy?.stop();
});
afterEach(() => proxy.leadTo(stack.gatehouse.ports.emulator));

interface Answer {
  readonly status: number;
  readonly body: ParsedJson;
}

async function call(path: string, token: string, method = 'GET', gateway = gateways[0]): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${gateway}${path}`, { method, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  return { status: response.status, body: await response.json() };
}

/** Status of a request with this token at each gateway. */
const seen = (token: string) =>
  Promise.all(gateways.map(async (gateway) => (await call('/auth/session', token, 'GET', gateway)).status));

async function newUser(name: string, role?: string) {
  const draft = { emailAddress: [`${name}@example.com`], publicMetadata: role === undefined ? {} : { role } };
  return clerk.users.createUser({ ...draft, skipPasswordRequirement: true });
}

/** Signs in on a device; returns the session and a token of it. */
async function signIn(userId: string, userAgent = FIREFOX) {
  const response = await fetch(`${emulator}/emulator/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ user_id: userId }),
  });
  const { id } = (await response.json()) as { id: string };
  return { id, token: (await clerk.sessions.getToken(id)).jwt };
}

const statusAtClerk = async (id: string) => (await clerk.sessions.getSession(id)).status;
const pending = async (clerkUserId: string) =>
  (await stack.users.query('SELECT FROM clerk_sign_outs WHERE clerk_user_id = $1', [clerkUserId])).rowCount;

describe('a person with two devices', () => {
  it('lists both, and ends one at every gateway and at Clerk, while the other stays', async () => {
    const user = await newUser('two-devices');
    const [laptop, phone] = [await signIn(user.id), await signIn(user.id, 'curl/8.7.1')];
    expect(await seen(laptop.token)).toEqual([200, 200]);
    // Again if Clerk does not answer within 1.5 s, as may happen on a busy machine.
    const body = await eventually(async () => {
      const listed = await call('/api/auth-sessions', phone.token);
      expect(listed.body).toMatchObject({ clerk: 'listed', truncated: false });
      return listed.body;
    });
    const shown = (body.items as { id: string; current: boolean; device: { name: string } }[]).map(
      ({ id, current, device }) => [id, current, device.name],
    );
    expect(shown.sort()).toEqual(
      [
        [laptop.id, false, 'Firefox 141 on Windows'],
        [phone.id, true, 'Chrome 140 on Macintosh'],
      ].sort(),
    );
    const ended = await call(`/api/auth-sessions/${laptop.id}`, phone.token, 'DELETE');
    expect(ended).toMatchObject({ status: 200, body: { propagation: {} } });
    expect(await seen(laptop.token)).toEqual([401, 401]);
    expect(await seen(phone.token)).toEqual([200, 200]);
    // Before the reply, unless Clerk takes longer than 3.5 s.
    await eventually(async () => expect(await statusAtClerk(laptop.id)).toBe('revoked'));
    expect(await statusAtClerk(phone.id)).toBe('active');
  });

  it('cannot end the session of somebody else, nor learn that it exists', async () => {
    const [ada, bob] = [await newUser('ada-sessions'), await newUser('bob-sessions')];
    const [own, other] = [await signIn(ada.id), await signIn(bob.id)];
    expect(await seen(other.token)).toEqual([200, 200]);
    // Again if Clerk does not answer within 1.2 s.
    await eventually(async () => {
      const answers = [];
      for (const id of [other.id, 'sess_3AbCdEfGhIjKlMnOpQrStUvWxS1']) {
        const { status, body } = await call(`/api/auth-sessions/${id}`, own.token, 'DELETE');
        answers.push([status, JSON.stringify({ ...body, requestId: null })]);
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.[0]).toBe(404);
    });
    expect(await seen(other.token)).toEqual([200, 200]);
    expect(await statusAtClerk(other.id)).toBe('active');
  });

  it('is signed out everywhere, and can sign in again at once; an admin can do the same', async () => {
    const user = await newUser('everywhere');
    const boss = await signIn((await newUser('boss-sessions', 'admin')).id);
    for (const [path, by] of [
      ['/api/auth-sessions', 'user'],
      ['/admin/users/everywhere@example.com/auth-sessions', 'admin'],
    ] as const) {
      const [laptop, phone] = [await signIn(user.id), await signIn(user.id)];
      for (const { token } of [laptop, phone]) expect(await seen(token)).toEqual([200, 200]);
      const ended = await call(path, by === 'admin' ? boss.token : phone.token, 'DELETE');
      expect(ended.status).toBe(200);
      for (const { id, token } of [laptop, phone]) {
        // 503 until Clerk has said when the session began, if it takes longer than the reply may take.
        await eventually(async () => expect(await seen(token)).toEqual([401, 401]), { intervalMs: 500 });
        await eventually(async () => expect(await statusAtClerk(id)).toBe('revoked'));
      }
      const again = await signIn(user.id);
      expect(await seen(again.token)).toEqual([200, 200]);
      await clerk.sessions.revokeSession(again.id);
    }
  });
});

describe('while Clerk is unavailable', () => {
  it('a sign-out everywhere holds here, outlives a crash of user-sync, and reaches Clerk when it is back', async () => {
    const user = await newUser('away');
    const [laptop, phone] = [await signIn(user.id), await signIn(user.id)];
    for (const { token } of [laptop, phone]) expect(await seen(token)).toEqual([200, 200]);
    proxy.leadTo(NOWHERE);
    const ended = await call('/api/auth-sessions', phone.token, 'DELETE');
    expect(ended).toMatchObject({ status: 200, body: { clerk: 'pending', propagation: {} } });
    // 503 for tokens of the last seconds, because Clerk does not say when their session began.
    for (const status of [...(await seen(laptop.token)), ...(await seen(phone.token))]) {
      expect([401, 503]).toContain(status);
    }
    const userSync = stack.gatehouse.apps['user-sync'];
    await userSync.kill();
    await userSync.start();
    expect(await pending(user.id)).toBe(1);
    expect([await statusAtClerk(laptop.id), await statusAtClerk(phone.id)]).toEqual(['active', 'active']);
    const again = await signIn(user.id);
    proxy.leadTo(stack.gatehouse.ports.emulator);
    await eventually(async () => (await pending(user.id)) === 0, { timeoutMs: 60_000 });
    expect([await statusAtClerk(laptop.id), await statusAtClerk(phone.id)]).toEqual(['revoked', 'revoked']);
    expect(await statusAtClerk(again.id)).toBe('active');
    const isSeen = async (token: string, status: number) => (await seen(token)).every((each) => each === status);
    await eventually(() => isSeen(again.token, 200), { intervalMs: 500 });
    await eventually(() => isSeen(laptop.token, 401), { intervalMs: 500 });
  });
});

it('a user-sync that is killed between any two steps of a sign-out loses none', async () => {
  const { apps, environments } = stack.gatehouse;
  const [userSync, environment] = [apps['user-sync'], environments['user-sync']];
  const points = ['before-sign-out', 'after-sign-out-here', 'after-sign-out-at-clerk'];
  const users = await Promise.all(points.map((point) => newUser(point)));
  const sessions: Awaited<ReturnType<typeof signIn>>[] = [];
  const requests: Promise<unknown>[] = [];
  await userSync.kill();
  for (const [index, { id }] of users.entries()) {
    environment.FAILPOINTS = `${points[index]}=${id}:kill`;
    await userSync.start();
    const session = await signIn(id);
    sessions.push(session);
    const { token } = session;
    await eventually(async () => (await call('/auth/session', token)).status === 200, { intervalMs: 250 });
    // It gets no reply, or 503.
    const asked = call('/api/auth-sessions', token, 'DELETE').catch(() => undefined);
    await eventually(() => userSync.pid === undefined);
    requests.push(asked);
  }
  delete environment.FAILPOINTS;
  await userSync.start();
  await Promise.all(requests);
  for (const [index, { id, token }] of sessions.entries()) {
    await eventually(async () => (await pending(users[index]?.id ?? '')) === 0, { timeoutMs: 60_000 });
    expect(await statusAtClerk(id)).toBe('revoked');
    await eventually(async () => (await seen(token)).every((status) => status === 401), { intervalMs: 250 });
  }
});
