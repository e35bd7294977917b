import { randomUUID } from 'node:crypto';
import {
  type Principal,
  exchangePhoneLogin,
  getMe,
  getReferral,
  resolveLegacySession,
  resolvePrincipal,
  showQuotas,
  syncClerkUser,
  useReferralCode,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const sampleReferral = {
  ...{ code: 'BP-7K0M1QXV2', referredUsers: 2, used: { code: 'BP-000000000', at: '2026-01-02T03:04:05.678Z' } },
  ...{ canUseCode: false, usableUntil: null },
};

const month = { period: '2026-11', renewsAt: '2026-12-01T00:00:00.000Z' };
const sampleQuotas = {
  tokens: { ...month, limit: 10_000, used: 200, reserved: 50, remaining: 9_750 },
  uploads: { ...month, limit: 20, used: 5, reserved: 0, remaining: 15, documentsUploaded: 31 },
};

let gateway: TestGateway;
let metered: Principal | undefined;
const userId = randomUUID();
let session: { id: string; parentSessionId: string };
let heard: Record<string, unknown> = {};

beforeAll(async () => {
  const holder = { userId, clerkUserId: null, role: 'user', tier: 'enterprise', isActive: true } as const;
  gateway = await startTestGateway({}, (userSync, _ingest, userData) => {
    userData.answer(showQuotas, ({ envelope: { principal } }) => {
      if (principal?.clerkUserId !== 'user_metered') throw new RequestRefusedError('unavailable', 'not now');
      metered = principal;
      return sampleQuotas;
    });
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId))
      .answer(exchangePhoneLogin, ({ body }) => {
        heard = body;
        session = { id: randomUUID(), parentSessionId: body.token.sessionId };
        const opened = { id: session.id, expiresAt: Date.now() + 3_600_000 };
        const referral = body.body.referralCode === undefined ? null : { state: 'recorded', reason: null };
        return { change: 0, ...holder, session: opened, user: sampleUser(userId, ''), isNewUser: true, referral };
      })
      .answer(resolveLegacySession, ({ body: { sessionId } }) => {
        const { id, parentSessionId } = session;
        const state = { ...holder, expiresAt: Date.now() + 3_600_000, closed: false, parentSessionId };
        return { change: 0, session: sessionId === id ? state : null };
      })
      .answer(getMe, ({ envelope: { principal } }) => sampleUser(principal!.userId, ''))
      .answer(getReferral, () => sampleReferral)
      .answer(useReferralCode, ({ body }) => {
        heard = body;
        if (body.code === 'unknown') throw new RequestRefusedError('referral_code_unknown', 'because');
        if (body.code === 'used') throw new RequestRefusedError('referral_used', 'because');
        return sampleReferral;
      })
      .answer(syncClerkUser, ({ body: { clerkUserId } }) => ({
        change: 0,
        ...holder,
        isNewUser: true,
        user: sampleUser(userId, clerkUserId),
      }));
  });
});
afterAll(() => gateway?.stop());
beforeEach(() => (heard = {}));

const post = (path: string, body: unknown, token: string) =>
  call(`${gateway.url}${path}`, token, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('POST /auth/verify-clerk-token', () => {
  it('passes the claims of the token on, and returns a token that ends with its Clerk session', async () => {
    const token = await mint(gateway.pair, 'user_phone', { claims: { jti: 'once-0123456789' } });
    const { status, body } = await post('/auth/verify-clerk-token', { name: 'Ada', city: 'Pune' }, token);
    expect([status, body.success, body.isNewUser, body.user.id]).toEqual([200, true, true, userId]);
    expect(heard).toMatchObject({
      token: { id: 'once-0123456789', clerkUserId: 'user_phone', sessionId: 'sess_phone' },
      body: { name: 'Ada', city: 'Pune' },
    });
    expect(session.parentSessionId).toBe('sess_phone');
    expect((await call(`${gateway.url}/api/me`, body.token)).status).toBe(200);
  });

  it('returns the subscription under the name of phone frontends, and no usage while user-data is unavailable', async () => {
    const { body } = await post('/auth/verify-clerk-token', {}, await mint(gateway.pair, 'user_phone'));
    expect(body.user).toMatchObject({ subscription: 'free', subscriptionStatus: 'free', quotas: null });
    expect(body.user).toMatchObject({ monthlyUploadLimit: null, uploadsUsedThisMonth: null, documentsUploaded: null });
    expect(body.referral).toBeNull();
  });

  it('returns usage under the names of phone frontends, asked with the principal of the new session', async () => {
    const { body } = await post('/auth/verify-clerk-token', {}, await mint(gateway.pair, 'user_metered'));
    expect(body.user).toMatchObject({
      ...{ subscriptionStatus: 'free', quotas: sampleQuotas },
      ...{ tokensMonthlyLimit: 10_000, tokensUsed: 200, tokensRemaining: 9_750 },
      ...{ monthlyUploadLimit: 20, uploadsUsedThisMonth: 5, uploadsRemaining: 15, documentsUploaded: 31 },
    });
    expect(metered).toMatchObject({ userId, method: 'legacy_jwt', sessionId: session.id, tier: 'enterprise' });
  });

  it('limits how many referral codes one user tries, and lets the login succeed beyond the limit', async () => {
    const exchange = async () => {
      const token = await mint(gateway.pair, 'user_guesser', { claims: { jti: randomUUID() } });
      return post('/auth/verify-clerk-token', { referralCode: 'BP-7K0M1QXV2' }, token);
    };
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await exchange()).body.referral).toEqual({ state: 'recorded', reason: null });
    }
    const { status, body } = await exchange();
    expect([status, body.referral]).toEqual([200, { state: 'rejected', reason: 'rate_limited' }]);
    expect(heard.body).toEqual({});
  });

  it('identifies a token without jti by its hash', async () => {
    await post('/auth/verify-clerk-token', {}, await mint(gateway.pair, 'user_phone', { version: 1 }));
    expect(heard.token).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});

describe('/api/referral', () => {
  it('passes the code on, and limits how many codes one user tries', async () => {
    const token = await mint(gateway.pair, 'user_referred');
    const { status, body } = await post('/api/referral', { code: ' bp-7k0m1qxv2 ' }, token);
    expect([status, body]).toEqual([200, sampleReferral]);
    expect(heard).toEqual({ code: 'bp-7k0m1qxv2' });
    for (let tries = 1; tries < 10; tries += 1) await post('/api/referral', { code: 'x' }, token);
    const limited = await post('/api/referral', { code: 'x' }, token);
    expect([limited.status, limited.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(`${gateway.url}/api/referral`, token)).body).toEqual(sampleReferral);
  });

  it('counts the codes that the same user tried at a phone exchange', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      const token = await mint(gateway.pair, 'user_both', { claims: { jti: randomUUID() } });
      await post('/auth/verify-clerk-token', { referralCode: 'BP-7K0M1QXV2' }, token);
    }
    const { status, body } = await post('/api/referral', { code: 'x' }, await mint(gateway.pair, 'user_both'));
    expect([status, body.code]).toEqual([429, 'rate_limited']);
  });

  it.each([
    ['unknown', 422, 'referral_code_unknown'],
    ['used', 409, 'referral_used'],
  ])('answers a rejected code by its own code: %s', async (code, status, reason) => {
    const answer = await post('/api/referral', { code }, await mint(gateway.pair, `user_r${code}`));
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([status, reason, 'because']);
  });

  it.each([{}, { code: '' }, { code: 7 }, { code: 'x'.repeat(65) }])('rejects the body %j', async (body) => {
    const answer = await post('/api/referral', body, await mint(gateway.pair, 'user_bodies'));
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, 'code']);
  });
});

describe('POST /api/clerk/syncUsers', () => {
  it('returns the created user', async () => {
    const { status, body } = await post('/api/clerk/syncUsers', {}, await mint(gateway.pair, 'user_sync'));
    expect([status, body]).toMatchObject([200, { success: true, isNewUser: true, user: { clerkUserId: 'user_sync' } }]);
  });
});
