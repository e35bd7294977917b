import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { apiKeyHash, mintApiKey } from '@gatehouse/auth';
import {
  type ReplyOf,
  closeSession,
  getMe,
  listUsers,
  recordAudit,
  resolveKey,
  resolveLegacySession,
  resolvePrincipal,
  setPassword,
  touchKeys,
  updateMe,
  verifyLogin,
} from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { KeyUsage } from '../src/authentication/key-usage';
import { TrustChangeFeed } from '../src/trust/trust-change-feed';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

type FoundKey = NonNullable<ReplyOf<typeof resolveKey>['key']>;

let gateway: TestGateway;
const userId = randomUUID();
const keyId = randomUUID();
const key = mintApiKey({ environment: 'dev', random: randomBytes(32) });
const asked: string[] = [];
const audited: unknown[] = [];
const touched: { keyId: string }[] = [];
let found: FoundKey;
let session: { id: string; closed: boolean };
let heard: Record<string, unknown> = {};

beforeAll(async () => {
  const holder = { userId, clerkUserId: null, role: 'user', tier: 'enterprise', isActive: true } as const;
  gateway = await startTestGateway({ SIGN_IN_URL: 'https://accounts.example.com/sign-in' }, (userSync) => {
    const number = () => gateway?.changes.number ?? 0;
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => {
        const role = clerkUserId === 'user_admin' ? 'admin' : 'user';
        return samplePrincipal(clerkUserId, { change: number(), role });
      })
      .answer(resolveKey, ({ body: { hash } }) => {
        asked.push(hash);
        return { change: number(), key: hash === apiKeyHash(key) ? found : null };
      })
      .answer(resolveLegacySession, ({ body }) => {
        asked.push(body.sessionId);
        const known = session?.id === body.sessionId && body.userId === userId;
        const state = { ...holder, expiresAt: Date.now() + 3_600_000, closed: session?.closed, parentSessionId: null };
        return { change: number(), session: known ? state : null };
      })
      .answer(verifyLogin, ({ body, envelope }) => {
        heard = { ...body, principal: envelope.principal };
        session = { id: randomUUID(), closed: false };
        const opened = { id: session.id, expiresAt: Date.now() + 3_600_000 };
        return { change: number(), ...holder, session: opened, user: sampleUser(userId, '') };
      })
      .answer(closeSession, () => {
        session.closed = true;
        gateway.changes.change({ kind: 'legacy_session', reason: 'signed_out', sessionId: session.id, userId });
        return { closed: 1, propagation: null };
      })
      .answer(setPassword, ({ body, envelope: { origin } }) => {
        heard = { ...body, origin };
        return { userId, propagation: null };
      })
      .answer(touchKeys, ({ body: { uses } }) => {
        touched.push(...uses);
        return {};
      })
      .answer(recordAudit, ({ body, envelope }) => {
        audited.push({ ...body, by: envelope.principal?.userId });
        return {};
      })
      .answer(listUsers, () => ({ items: [], nextCursor: null }))
      .answer(updateMe, ({ body, envelope: { principal } }) => {
        heard = body;
        return sampleUser(principal!.userId, '');
      })
      .answer(getMe, ({ envelope: { principal } }) => sampleUser(principal!.userId, ''));
  });
  found = {
    ...holder,
    keyId,
    scopes: ['profile:read', 'session:read'],
    state: 'active',
    expiresAt: null,
    rateLimit: null,
  };
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  asked.length = 0;
  heard = {};
});

const get = (path: string, headers: Record<string, string>) => call(`${gateway.url}${path}`, undefined, { headers });
const post = (path: string, body: unknown, token?: string) =>
  call(`${gateway.url}${path}`, token, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('an API key', () => {
  it('identifies its user in either header, and is looked up once', async () => {
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }] as Record<string, string>[]) {
      const { status, body } = await get('/auth/session', headers);
      expect([status, body.principal.method, body.principal.keyId]).toEqual([200, 'api_key', keyId]);
      expect(body.credential).toEqual({
        method: 'api_key',
        sessionId: null,
        issuedAt: null,
        expiresAt: null,
        authorizedParty: null,
        actor: null,
      });
    }
    expect(asked).toHaveLength(1);
    expect(gateway.logs()).not.toContain(key);
    expect(gateway.logs()).toMatch(new RegExp(`"route":"/auth/session",.*"keyId":"${keyId}"`));
  });

  it('in X-API-Key takes precedence over a token', async () => {
    const token = await mint(gateway.pair, 'user_1');
    const { body } = await get('/auth/session', { 'x-api-key': key, authorization: `Bearer ${token}` });
    expect(body.principal.method).toBe('api_key');
  });

  it('has its last use reported to user-sync', async () => {
    await get('/auth/session', { 'x-api-key': key });
    await gateway.app.get(KeyUsage).report();
    expect(touched.at(-1)).toMatchObject({ keyId });
  });

  it('is rejected as soon as it is revoked', async () => {
    expect((await get('/api/me', { 'x-api-key': key })).status).toBe(200);
    found = { ...found, state: 'revoked' };
    const { number } = gateway.changes.change({ kind: 'api_key', reason: 'revoked', keyId, userId });
    await eventually(() => gateway.app.get(TrustChangeFeed).current === number, { intervalMs: 1 });
    expect(await get('/api/me', { 'x-api-key': key })).toMatchObject({
      status: 401,
      body: { code: 'api_key_revoked' },
    });
    found = { ...found, state: 'active' };
    gateway.changes.change({ kind: 'api_key', reason: 'scopes', keyId, userId });
  });

  it('is checked again when the body arrives: it may have been revoked or have lost a scope', async () => {
    const body = '{"city":"Pune"}';
    const change = async (state: Partial<FoundKey>) => {
      found = { ...found, ...state };
      const { number } = gateway.changes.change({ kind: 'api_key', reason: 'scopes', keyId, userId });
      await eventually(() => gateway.app.get(TrustChangeFeed).current === number, { intervalMs: 1 });
    };
    /** Sends the headers, waits until they are accepted and `meanwhile` has finished, then sends the body. */
    const patch = async (meanwhile: () => Promise<void>) => {
      expect((await get('/api/me', { 'x-api-key': key })).status).toBe(200);
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8');
      const head = ['PATCH /api/me HTTP/1.1', 'Host: x', 'Connection: close', `X-API-Key: ${key}`];
      const sized = ['Content-Type: application/json', `Content-Length: ${body.length}`, 'Expect: 100-continue'];
      socket.write(`${[...head, ...sized].join('\r\n')}\r\n\r\n`);
      await once(socket, 'data');
      await meanwhile();
      let answer = '';
      socket.on('data', (chunk: string) => (answer += chunk)).write(body);
      await once(socket, 'close');
      return { status: Number(answer.slice(9, 12)), code: /"code":"(\w+)"/.exec(answer)?.[1], heard };
    };
    const { scopes } = found;
    await change({ scopes: ['*:*'] });
    expect(await patch(async () => undefined)).toEqual({ status: 200, code: undefined, heard: { city: 'Pune' } });
    heard = {};
    expect(await patch(() => change({ state: 'revoked' }))).toEqual({
      status: 401,
      code: 'api_key_revoked',
      heard: {},
    });
    await change({ state: 'active' });
    expect(await patch(() => change({ scopes: ['session:read'] }))).toEqual({
      status: 403,
      code: 'scope_insufficient',
      heard: {},
    });
    await change({ scopes });
  });

  it('is accepted until it expires, without another lookup', async () => {
    let lifeMs = 200;
    // Doubles until the machine sends the request before the key expires.
    await eventually(async () => {
      lifeMs *= 2;
      asked.length = 0;
      found = { ...found, expiresAt: Date.now() + lifeMs };
      const { number } = gateway.changes.change({ kind: 'api_key', reason: 'scopes', keyId, userId });
      await eventually(() => gateway.app.get(TrustChangeFeed).current === number);
      expect((await get('/api/me', { 'x-api-key': key })).status).toBe(200);
    });
    await eventually(async () => (await get('/api/me', { 'x-api-key': key })).body.code === 'api_key_expired');
    expect(asked).toHaveLength(1);
    found = { ...found, expiresAt: null };
    gateway.changes.change({ kind: 'api_key', reason: 'scopes', keyId, userId });
  });

  it('is looked up once if it is unknown, and never if it is mistyped', async () => {
    const guess = mintApiKey({ environment: 'dev', random: randomBytes(32) });
    for (let count = 0; count < 3; count++) {
      expect((await get('/api/me', { 'x-api-key': guess })).body.code).toBe('api_key_unknown');
      expect((await get('/api/me', { 'x-api-key': `${guess.slice(0, -1)}!` })).body.code).toBe('api_key_malformed');
    }
    expect(asked).toEqual([apiKeyHash(guess)]);
  });

  it('without the required scope gets its name, and the refusal is audited once', async () => {
    for (let count = 0; count < 2; count++) {
      const headers = { 'x-api-key': key, 'content-type': 'application/json' };
      const answer = await call(`${gateway.url}/api/me`, undefined, { method: 'PATCH', headers, body: '{}' });
      expect([answer.status, answer.body.code]).toEqual([403, 'scope_insufficient']);
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="gatehouse", error="insufficient_scope", scope="profile:write"',
      );
    }
    await eventually(() => audited.length === 1);
    expect(audited[0]).toMatchObject({
      action: 'access.refused',
      outcome: 'refused',
      reason: 'scope_insufficient',
      by: userId,
    });
  });
});

describe('a local user', () => {
  it('logs in with a password and gets a Gatehouse token that is valid until logout', async () => {
    const { status, body, headers } = await post('/auth/login', {
      email: ' Ada@example.com',
      password: 'hush-hush-hush',
    });
    expect([status, body.success, body.user.id]).toEqual([200, true, userId]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(heard).toMatchObject({ email: 'Ada@example.com', principal: null, sessionTtlMs: 86_400_000 });
    const shown = await call(`${gateway.url}/auth/session`, body.token);
    expect(shown.body.principal).toMatchObject({ userId, method: 'legacy_jwt', sessionId: session.id });
    expect(shown.body.credential).toMatchObject({ method: 'legacy_jwt', expiresAt: expect.any(String) });
    expect(asked).toHaveLength(1);
    const out = await post('/auth/logout', {}, body.token);
    expect([out.status, out.body]).toEqual([200, { success: true, closed: 1, propagation: null }]);
    await eventually(async () => (await call(`${gateway.url}/auth/session`, body.token)).body.code === 'token_revoked');
    expect(gateway.logs()).not.toMatch(/hush-hush/);
    expect(gateway.logs()).not.toContain(body.token.split('.')[2]);
  });

  it('sets a password with a one-time token', async () => {
    const { status, body } = await post('/auth/password', { token: 'once', password: 'hush-hush-hush' });
    expect([status, body]).toEqual([200, { success: true, propagation: null }]);
    expect(heard).toMatchObject({ token: 'once', origin: { sourceIp: '127.0.0.1' } });
  });
});

describe('GET /auth/explain', () => {
  it('shows an admin which verifier accepted the request and what it checked', async () => {
    const { status, body } = await call(`${gateway.url}/auth/explain`, await mint(gateway.pair, 'user_admin'));
    expect([status, body.order, body.verifier]).toEqual([200, 3, 'clerk_session']);
    expect(body.checks).toContain("alg is RS256 and iss is Clerk's; both select the verifier");
    expect(body.changes).toEqual({ number: gateway.changes.number, trusting: true });
  });
});

describe('at shutdown, the gateway', () => {
  it('releases its lease, so that no revocation waits for it', async () => {
    const other = await startTestGateway();
    await other.app.close();
    await eventually(() => other.changes.ended.size === 1);
    expect(other.app.get(NatsClient).connected).toBe(false);
    await other.stop();
  });
});
