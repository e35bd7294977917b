import { resolvePrincipal } from '@gatehouse/contracts';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ REQUIRE_HTTPS: 'true', TRUST_PROXY: 'loopback' }, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body }) => samplePrincipal(body.clerkUserId));
  });
});
afterAll(() => gateway?.stop());

describe('with REQUIRE_HTTPS', () => {
  it.each(['/auth/session', '/docs', '/nowhere'])('plain HTTP is rejected on %s', async (path) => {
    const token = await mint(gateway.pair, 'user_1');
    for (const headers of [{}, { 'x-forwarded-proto': 'http' }]) {
      const answer = await call(`${gateway.url}${path}`, token, { headers });
      expect([answer.status, answer.body.code]).toEqual([403, 'https_required']);
      expect(answer.headers.get('strict-transport-security')).toBeNull();
    }
  });

  it.each(['http, https', 'https, http', 'https,', ', https', 'HTTPS', 'https;x', 'https https'])(
    'a request with X-Forwarded-Proto "%s" is rejected, because not every hop used HTTPS',
    async (hops) => {
      const headers = { 'x-forwarded-proto': hops, forwarded: 'proto=https', 'x-forwarded-ssl': 'on' };
      const answer = await call(`${gateway.url}/docs`, undefined, { headers });
      expect([answer.status, answer.body.code]).toEqual([403, 'https_required']);
    },
  );

  it('X-Forwarded-Proto of an untrusted peer is ignored', async () => {
    const open = await startTestGateway({ REQUIRE_HTTPS: 'true', TRUST_PROXY: '192.0.2.1' });
    try {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' };
      expect(await call(`${open.url}/docs`, undefined, { headers })).toMatchObject({ status: 403 });
    } finally {
      await open.stop();
    }
  });

  it.each(['https', 'https, https'])(
    'a request with X-Forwarded-Proto "%s" of trusted proxies gets its response with HSTS',
    async (hops) => {
      const headers = { 'x-forwarded-proto': hops };
      const { status, headers: answer } = await call(
        `${gateway.url}/auth/session`,
        await mint(gateway.pair, 'user_1'),
        {
          headers,
        },
      );
      expect(status).toBe(200);
      expect(answer.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
    },
  );
});
