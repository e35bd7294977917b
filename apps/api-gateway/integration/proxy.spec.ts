import { decodeJwt } from 'jose';
import { attackGateway, runAttacks, strike, target, withKey } from './attacks/attack';
import { credentialAttacks } from './attacks/credential-attacks';
import { type RawAnswer, type RawRequest, sendRaw } from './support/raw-request';
import { policyEnvironment } from './support/forward-auth-edge';
import { type TestGateway } from './support/test-gateway';
import { TestUpstream } from './support/upstream';

/** The rules of the gateway's own routes that attacks aim at, below a path of their own, and routes of a shop. */
const policy = (url: string) => `
upstreams:
  shop: { url: '${url}', audience: shop }
  plain: { url: '${url}', audience: plain, identityHeaders: plain, clerkCookies: pass }
scopes: [orders:read]
routes:
  - { path: /shop/admin/users, methods: [GET], upstream: shop, access: admin, scope: 'users:read' }
  - { path: /shop/admin/*, upstream: shop, access: admin, credentials: [bearer] }
  - { path: /shop/api/keys/*, upstream: shop, access: user, credentials: [bearer] }
  - { path: /shop/api/me, methods: [GET], upstream: shop, access: user, scope: 'profile:read' }
  - { path: /shop/api/me, upstream: shop, access: user, scope: 'profile:write' }
  - { path: /orders/hidden, audience: shop, access: user }
  - { path: /orders/*, methods: [GET, POST], upstream: shop, access: user, scope: 'orders:read', tiers: [pro] }
  - { path: /plain/*, upstream: plain, access: user, maxBodyMb: 0 }
  - { path: /health, upstream: shop, access: public }
`;

let upstream: TestUpstream;
afterAll(() => upstream?.stop());
beforeEach(() => upstream.reset());

/** Sends the request of an attack to the copy of its route behind the gate. */
function throughProxy({ url }: TestGateway, request: RawRequest): Promise<RawAnswer> {
  const { path = '/api/me' } = request;
  const isOwn = /^\/(?:api|admin|auth)\b/.test(path);
  return sendRaw(url, { ...request, path: isOwn ? `/shop${path}` : path });
}

attackGateway(throughProxy, async () => {
  upstream = await TestUpstream.start();
  return policyEnvironment(policy(upstream.url));
});

runAttacks(credentialAttacks);

const identity = ['x-gatehouse-assertion', 'x-gatehouse-user-id', 'x-gatehouse-role', 'x-gatehouse-tier'];
const spellings = [...identity, 'x-gatehouse-anything'].flatMap((name) => [
  ...[name, name.toUpperCase(), name.replaceAll('-', '_'), name.replaceAll('-', '.')],
  ...[name.replace('-', '_'), name.replace('gatehouse-', 'gatehouse_')],
]);
const spoofed = spellings.map((name) => [name, 'spoofed'] as const);

describe('a proxied request', () => {
  it('reaches the upstream with its path, query, body and the identity of its caller', async () => {
    const key = target().key({ tier: 'pro', scopes: ['orders:read'] });
    const request = { method: 'POST', path: '/orders/a%2db?page=%2f2', headers: spoofed, body: 'two of them' };
    const answer = await strike(withKey(key, request));
    expect([answer.status, answer.text]).toEqual([200, 'the order']);
    expect(answer.headers['ratelimit-policy']).toMatch(/^"gate-read";/);
    const [{ request: received, body } = {}] = upstream.received;
    expect([received?.method, received?.url, body]).toEqual(['POST', '/orders/a-b?page=%2f2', 'two of them']);
    const { headers = {}, rawHeaders = [] } = received ?? {};
    expect(decodeJwt(String(headers['x-gatehouse-assertion']))).toMatchObject({ aud: 'shop', tier: 'pro' });
    expect(headers).toMatchObject({ host: new URL(upstream.url).host, 'x-forwarded-host': 'api.example.com' });
    expect(headers['x-request-id']).toBe(answer.headers['x-request-id']);
    expect(rawHeaders.join('\n')).not.toMatch(new RegExp(`spoofed|${key}`));
    expect(rawHeaders.filter((name) => /^x.gatehouse/i.test(name))).toHaveLength(1);
  });

  it('tells an upstream that wants it who is calling, in plain headers', async () => {
    const answer = await strike(withKey(target().key({ tier: 'pro' }), { path: '/plain', headers: spoofed }));
    expect(answer.status).toBe(200);
    expect(upstream.received[0]?.request.headers).toMatchObject({
      'x-gatehouse-role': 'user',
      'x-gatehouse-tier': 'pro',
    });
  });

  it('has no identity on a public route, and keeps an Authorization of its own', async () => {
    const headers = [...spoofed, ['Authorization', 'Basic dTpw'], ['X-API-Key', target().key()]] as const;
    expect((await strike({ request: { path: '/health', headers } })).status).toBe(200);
    const { headers: received = {} } = upstream.received[0]?.request ?? {};
    expect(received).toMatchObject({ authorization: 'Basic dTpw' });
    expect(Object.keys(received).filter((name) => /gatehouse|api.key/.test(name))).toEqual([]);
  });

  it.each([
    ['without a route', 'GET', '/orderz', 404, 'not_found'],
    ['to a method without a route', 'DELETE', '/orders/7', 404, 'not_found'],
    ['to a route of forward auth alone', 'GET', '/orders/hidden', 404, 'not_found'],
    ['with a method that the gate does not send', 'PROPFIND', '/plain', 405, 'method_not_allowed'],
    ['to an ambiguous path', 'GET', '/orders/../health', 400, 'invalid_request'],
    ['to a path in another spelling', 'GET', '/Health', 400, 'invalid_request'],
    ['with a scheme and host', 'GET', 'http://api.example.com/health', 400, 'invalid_request'],
  ])('%s is refused', async (_, method, path, status, code) => {
    const { status: given, body } = await strike(withKey(target().key({ tier: 'pro' }), { method, path }));
    expect([given, body.code]).toEqual([status, code]);
    expect(upstream.received).toEqual([]);
  });
});
