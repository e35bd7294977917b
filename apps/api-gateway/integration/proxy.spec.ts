import { decodeJwt } from 'jose';
import { ORIGIN, attackGateway, runAttacks, strike, target, withKey } from './attacks/attack';
import { cookieRoutes, cookies, forgedRequests, honestRequests } from './attacks/cookies';
import { credentialAttacks } from './attacks/credential-attacks';
import { type RawAnswer, type RawRequest, sendRaw } from './support/raw-request';
import { policyEnvironment } from './support/forward-auth-edge';
import { PUBLIC_URL, type TestGateway } from './support/test-gateway';
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
  - { path: /own-cors/*, upstream: shop, access: user, cors: upstream, clerkCookies: pass }
${cookieRoutes('upstream: shop')}`;

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

runAttacks([...credentialAttacks, forgedRequests, cookies]);

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

  it('has a response that no shared cache stores, unless the upstream says so', async () => {
    const cacheControl = async (path: string, says?: string) => {
      upstream.answer = (_, response) => {
        if (says !== undefined) response.setHeader('Cache-Control', says);
        response.end('the order');
      };
      return (await strike(withKey(target().key(), { path }))).headers['cache-control'];
    };
    expect(await cacheControl('/plain')).toBe('private');
    expect(await cacheControl('/plain', 'public, max-age=60')).toBe('public, max-age=60');
    expect(await cacheControl('/health')).toBeUndefined();
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

describe('a browser', () => {
  it.each(honestRequests)("may use Clerk's session cookie, which stays here, with %s", async (_, request) => {
    const attack = await request();
    const headers = (attack.request.headers ?? []).map(([name, value]) =>
      name === 'Cookie' ? ([name, `a=1; ${value}; b="2 "`] as const) : ([name, value] as const),
    );
    expect((await strike({ ...attack, request: { ...attack.request, headers } })).status).toBe(200);
    const received = upstream.received[0]?.request.headers ?? {};
    expect(received.cookie).toBe('a=1; b="2 "');
    expect(decodeJwt(String(received['x-gatehouse-assertion']))).toMatchObject({ auth_method: 'clerk_session' });
  });

  it('that navigates without a session is sent to the sign-in page, and gets a page where that did not help', async () => {
    const visit = (cookie: string) =>
      strike({
        request: {
          path: '/cart/1?page=2',
          headers: [['Sec-Fetch-Mode', 'navigate'], ['X-Forwarded-Proto', 'https'], ...[['Cookie', cookie] as const]],
        },
      });
    const first = await visit('a=1');
    const page = encodeURIComponent(`${PUBLIC_URL}/cart/1?page=2`);
    expect([first.status, first.headers.location, first.text]).toEqual([
      ...[302, `https://accounts.example.com/sign-in?redirect_url=${page}`, ''],
    ]);
    const counted = ({ headers }: RawAnswer) => (headers['set-cookie'] ?? '').split(';', 1)[0] ?? '';
    const last = await visit(counted(await visit(counted(first))));
    expect([last.status, last.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(last.text).toContain('<code>sign_in_loop</code>');
    expect(upstream.received).toEqual([]);
  });
});

describe('a page of another origin', () => {
  const preflight = (origin: string, method: string, path: string): RawRequest => ({
    ...{ method: 'OPTIONS', path },
    headers: [
      ['Origin', origin],
      ['Access-Control-Request-Method', method],
    ],
  });
  const granted = ({ headers }: RawAnswer) => [
    headers['access-control-allow-origin'],
    headers['access-control-allow-credentials'],
    headers['access-control-allow-methods'],
  ];

  it.each([ORIGIN, PUBLIC_URL])('may call if CORS_ORIGINS or the route lists it: %s', async (origin) => {
    const answer = await strike({ request: preflight(origin, 'PUT', '/cart/1') });
    expect([answer.status, ...granted(answer), answer.headers.vary]).toEqual([204, origin, 'true', 'PUT', 'Origin']);
    expect(answer.headers['access-control-allow-headers']).not.toMatch(/api-key/i);
    expect(upstream.received).toEqual([]);
  });

  it('may call nothing if neither lists it', async () => {
    const refused = await strike({ request: preflight('https://evil.example', 'PUT', '/cart/1') });
    expect([refused.status, refused.body.code, ...granted(refused)]).toEqual([
      ...[403, 'origin_not_allowed', undefined, undefined, undefined],
    ]);
    expect(upstream.received).toEqual([]);
  });

  it('may read what CORS_ORIGINS says, not what the upstream says', async () => {
    upstream.answer = (_, response) => {
      response.setHeader('Vary', 'Accept-Encoding');
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Expose-Headers', 'X-Total');
      response.end('the order');
    };
    const ask = (origin: string, path = '/cart/1') =>
      strike(withKey(target().key(), { path, headers: [['Origin', origin]] }));
    const allowed = await ask(ORIGIN);
    expect(granted(allowed)).toEqual([ORIGIN, 'true', undefined]);
    expect(allowed.headers.vary).toBe('Origin, Accept-Encoding');
    expect(allowed.headers['access-control-expose-headers']).toMatch(/X-Request-Id, X-Total$/);
    const other = await ask('https://evil.example');
    expect([other.status, ...granted(other)]).toEqual([200, undefined, undefined, undefined]);
    expect(granted(await ask('https://evil.example', '/own-cors'))[0]).toBe('*');
  });

  it('may read a refusal', async () => {
    const answer = await strike({ request: { path: '/cart/1', headers: [['Origin', ORIGIN]] } });
    expect([answer.status, ...granted(answer)]).toEqual([401, ORIGIN, 'true', undefined]);
  });

  it('is answered by the upstream where the route says so, which then gets no caller', async () => {
    expect((await strike({ request: preflight('https://evil.example', 'PUT', '/own-cors') })).status).toBe(200);
    const { headers } = upstream.received[0]!.request;
    expect([headers.origin, headers['x-gatehouse-assertion']]).toEqual(['https://evil.example', undefined]);
    const { request } = withKey(target().key(), preflight('https://evil.example', 'PUT', '/own-cors'));
    const withCredential = await strike({ request });
    expect(withCredential.status).toBe(200);
    expect(upstream.received[1]?.request.headers['x-gatehouse-assertion']).toMatch(/^ey/);
  });

  it('keeps the cookies of Clerk where the route says so', async () => {
    await strike(withKey(target().key(), { path: '/own-cors', headers: [['Cookie', '__session=x; a=1']] }));
    expect(upstream.received[0]?.request.headers.cookie).toBe('__session=x; a=1');
  });
});
