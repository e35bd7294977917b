import { randomBytes, randomUUID } from 'node:crypto';
import { apiKeyHash, legacySecrets, mintApiKey, mintLegacyJwt } from '@gatehouse/auth';
import {
  endAuthSession,
  endAuthSessions,
  listAuthSessions,
  resolveKey,
  resolveLegacySession,
  resolvePrincipal,
  touchSessions,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { SessionUsage } from '../src/authentication/session-usage';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { LEGACY_SECRET, PUBLIC_URL, type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
const userId = randomUUID();
const sent: unknown[] = [];
const touched: unknown[] = [];
const resolved: string[] = [];
/** Since when sessions must have begun, while Clerk does not answer. */
let signedOutBefore: number | undefined;
const scopesOf = new Map<string, string[]>();

beforeAll(async () => {
  const holder = { userId, clerkUserId: null, role: 'user', tier: 'enterprise', isActive: true } as const;
  const ended = { closed: 1, clerk: 'revoked', propagation: null };
  gateway = await startTestGateway({}, (userSync) => {
    const change = () => gateway?.changes.number ?? 0;
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => {
        resolved.push(clerkUserId);
        const isPending = clerkUserId === 'user_out' && signedOutBefore !== undefined;
        const role = clerkUserId === 'user_admin' ? 'admin' : 'user';
        return {
          ...samplePrincipal(clerkUserId, { change: change(), role, sessionEnded: isPending, tier: 'enterprise' }),
          ...(isPending && { signedOutBefore }),
        };
      })
      .answer(resolveLegacySession, () => ({
        change: change(),
        session: { ...holder, expiresAt: Date.now() + 3_600_000, closed: false, parentSessionId: null },
      }))
      .answer(resolveKey, ({ body: { hash } }) => {
        const scopes = scopesOf.get(hash);
        const state = { state: 'active', expiresAt: null, rateLimit: null } as const;
        return { change: change(), key: scopes === undefined ? null : { ...holder, ...state, keyId: userId, scopes } };
      })
      .answer(touchSessions, ({ body: { uses } }) => {
        touched.push(...uses);
        return {};
      })
      .answer(listAuthSessions, ({ body }) => {
        sent.push(['list', body]);
        return { items: [], nextCursor: null, clerk: 'listed', truncated: false };
      })
      .answer(endAuthSession, ({ body }) => {
        sent.push(['one', body]);
        if (body.id !== 'sess_mine') throw new RequestRefusedError('not_found', 'This session does not exist.');
        return ended;
      })
      .answer(endAuthSessions, ({ body }) => {
        sent.push(['all', body]);
        return ended;
      });
  });
});
afterAll(() => gateway?.stop());
beforeEach(() => sent.splice(0));

const request = (method: string, path: string, token?: string, headers: Record<string, string> = {}) =>
  call(`${gateway.url}${path}`, token, { method, headers });
const keyWith = (...scopes: string[]) => {
  const key = mintApiKey({ environment: 'dev', random: randomBytes(32) });
  scopesOf.set(apiKeyHash(key), scopes);
  return { 'x-api-key': key };
};

describe('the routes of sessions', () => {
  it('ask user-sync about the caller, or about the user whom an admin names', async () => {
    const ada = await mint(gateway.pair, 'user_ada');
    const admin = await mint(gateway.pair, 'user_admin');
    const calls: [string, string, string][] = [
      ['GET', '/api/auth-sessions', ada],
      ['DELETE', '/api/auth-sessions/sess_mine', ada],
      ['DELETE', '/api/auth-sessions', ada],
      ['DELETE', '/api/auth-sessions?keepCurrent=true', ada],
      ['GET', '/admin/users/ada@example.com/auth-sessions', admin],
      ['DELETE', '/admin/users/user_ada/auth-sessions/sess_mine', admin],
      ['DELETE', '/admin/users/user_ada/auth-sessions', admin],
    ];
    for (const [method, path, token] of calls) {
      expect([path, (await request(method, path, token)).status]).toEqual([path, 200]);
    }
    expect(sent).toEqual([
      ['list', {}],
      ['one', { id: 'sess_mine' }],
      ['all', { keepCurrent: false }],
      ['all', { keepCurrent: true }],
      ['list', { user: 'ada@example.com' }],
      ['one', { id: 'sess_mine', user: 'user_ada' }],
      ['all', { user: 'user_ada' }],
    ]);
  });

  it('answer alike for a session of somebody else and for one that does not exist', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    const answers = [];
    for (const id of ['sess_of_bob', randomUUID()]) {
      const { status, body } = await request('DELETE', `/api/auth-sessions/${id}`, token);
      answers.push([status, { ...body, requestId: null }]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('reject an id that is none, and a value of keepCurrent that is none', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    for (const path of ['/api/auth-sessions/user_ada', '/api/auth-sessions?keepCurrent=perhaps']) {
      expect((await request('DELETE', path, token)).body.code).toBe('invalid_request');
    }
    expect(sent).toEqual([]);
  });

  it('are for admins alone under /admin', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    for (const [method, path] of [
      ['GET', '/admin/users/user_bob/auth-sessions'],
      ['DELETE', '/admin/users/user_bob/auth-sessions'],
      ['DELETE', '/admin/users/user_bob/auth-sessions/sess_mine'],
    ] as const) {
      expect((await request(method, path, token)).status).toBe(403);
    }
    expect(sent).toEqual([]);
  });
});

describe('an API key', () => {
  it('lists and ends single sessions by its scopes, and never signs out everywhere', async () => {
    const reader = keyWith('auth-sessions:read');
    const writer = keyWith('auth-sessions:write');
    const everything = keyWith('*:*');
    const status = async (method: string, path: string, headers: Record<string, string>) =>
      (await request(method, path, undefined, headers)).status;
    expect(await status('GET', '/api/auth-sessions', reader)).toBe(200);
    expect(await status('GET', '/api/auth-sessions', writer)).toBe(403);
    expect(await status('DELETE', '/api/auth-sessions/sess_mine', reader)).toBe(403);
    expect(await status('DELETE', '/api/auth-sessions/sess_mine', writer)).toBe(200);
    const { status: refused, body } = await request('DELETE', '/api/auth-sessions', undefined, everything);
    expect([refused, body.code]).toEqual([403, 'session_needed']);
  });
});

describe('while a sign-out everywhere is pending and Clerk does not answer', () => {
  const look = async (claims: object) => {
    const token = await mint(gateway.pair, 'user_out', { claims: { ...claims } });
    const { status, body, headers } = await request('GET', '/auth/session', token);
    return [status, body.code, headers.get('retry-after')];
  };

  it('a token from before is rejected, and one from after is asked about again', async () => {
    const now = Math.floor(Date.now() / 1_000);
    signedOutBefore = Date.now();
    expect(await look({ iat: now - 30, sid: 'sess_old' })).toEqual([401, 'token_revoked', null]);
    // Within the clock tolerance, it may be of a session that began after the sign-out.
    expect(await look({ iat: now - 2, sid: 'sess_new' })).toEqual([503, 'clerk_unavailable', '5']);
    const before = resolved.length;
    signedOutBefore = undefined;
    expect(await look({ iat: now - 2, sid: 'sess_new' })).toEqual([200, undefined, null]);
    // The undecided answer was not remembered.
    expect(resolved.length).toBe(before + 1);
  });
});

describe('the use of a Gatehouse session', () => {
  it('is reported with the address and user agent of its last request', async () => {
    const jti = randomUUID();
    const rules = { issuer: PUBLIC_URL, audience: 'gatehouse', secrets: legacySecrets([LEGACY_SECRET]) };
    const claims = { userId, jti, sessionId: null, issuedAt: Date.now(), expiresAt: Date.now() + 60_000 };
    const token = mintLegacyJwt(claims, rules);
    for (const agent of ['first', 'second']) await request('GET', '/auth/session', token, { 'user-agent': agent });
    await gateway.app.get(SessionUsage).report();
    expect(touched).toEqual([{ sessionId: jti, at: expect.any(Number), ip: '127.0.0.1', userAgent: 'second' }]);
  });
});
