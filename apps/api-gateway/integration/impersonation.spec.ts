import { type EnvelopeClaims, type RequestOf, recordAudit, resolvePrincipal } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
const audited: (RequestOf<typeof recordAudit> & Pick<EnvelopeClaims, 'origin'>)[] = [];
beforeAll(async () => {
  gateway = await startTestGateway({ CLERK_ALLOW_IMPERSONATION: 'true' }, (userSync) => {
    userSync.answer(recordAudit, ({ body, envelope: { origin } }) => {
      audited.push({ ...body, ...(origin && { origin }) });
      return {};
    });
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
      samplePrincipal(clerkUserId, { role: clerkUserId === 'user_admin' ? 'admin' : 'user' }),
    );
  });
});
afterAll(() => gateway?.stop());

describe('an impersonated session, if allowed,', () => {
  it('shows the actor, and is logged and audited with its origin', async () => {
    const token = await mint(gateway.pair, 'user_1', { claims: { act: { sub: 'user_support' } } });
    const headers = { 'user-agent': 'support-desk' };
    const { status, body } = await call(`${gateway.url}/auth/session`, token, { headers });
    await call(`${gateway.url}/auth/session`, token, { headers });
    expect([status, body.credential.actor, body.principal.clerkUserId]).toEqual([200, 'user_support', 'user_1']);
    const line = gateway
      .logs()
      .split('\n')
      .find((text) => text.includes('impersonated session accepted'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ actor: 'user_support', clerkUserId: 'user_1', level: 'warn' });
    await eventually(() => audited.length > 0);
    expect(audited).toMatchObject([
      {
        ...{ action: 'impersonation', outcome: 'done', subject: 'user_1', clerkSessionId: 'sess_1' },
        ...{ details: { actor: 'user_support' }, origin: { sourceIp: '127.0.0.1', userAgent: 'support-desk' } },
      },
    ]);
  });

  it.each([
    ['/api/auth-sessions', 'user_1'],
    ['/api/auth-sessions/sess_2', 'user_1'],
    ['/admin/users/user_2/auth-sessions', 'user_admin'],
    ['/admin/users/user_2/auth-sessions/sess_2', 'user_admin'],
  ])('cannot end sessions: %s', async (path, who) => {
    const end = async (claims: object) =>
      call(`${gateway.url}${path}`, await mint(gateway.pair, who, { claims: { ...claims } }), { method: 'DELETE' });
    const refused = await end({ act: { sub: 'user_support' } });
    expect([refused.status, refused.body.code]).toEqual([401, 'token_impersonated']);
    // The user's own session reaches the service, which is not running in this test.
    expect(await end({})).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it.each<[string, object, string?]>([
    ['/api/keys', { name: 'k', scopes: ['*:*'] }],
    ['/api/keys/8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11/rotate', {}],
    ['/auth/verify-clerk-token', {}],
    ['/admin/users', { email: 'ada@example.com', role: 'admin' }, 'user_admin'],
    ['/admin/users/8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11/password-token', {}, 'user_admin'],
  ])('cannot create what would outlive it: %s', async (path, body, who = 'user_1') => {
    const post = async (claims: object) =>
      call(`${gateway.url}${path}`, await mint(gateway.pair, who, { claims: { ...claims } }), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const refused = await post({ act: { sub: 'user_support' } });
    expect([refused.status, refused.body.code]).toEqual([401, 'token_impersonated']);
    // The user's own session reaches the service, which is not running in this test.
    expect(await post({})).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it('is audited when its exchange is rejected', async () => {
    const token = await mint(gateway.pair, 'user_2', { claims: { act: { sub: 'user_support' }, sid: 'sess_refused' } });
    await call(`${gateway.url}/auth/verify-clerk-token`, token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await eventually(() =>
      expect(audited).toContainEqual(
        expect.objectContaining({
          action: 'login.phone',
          outcome: 'refused',
          reason: 'token_impersonated',
          subject: 'user_2',
          clerkSessionId: 'sess_refused',
          details: { actor: 'user_support' },
          origin: expect.objectContaining({ sourceIp: '127.0.0.1' }),
        }),
      ),
    );
  });
});
