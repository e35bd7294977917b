import { eventually } from '@gatehouse/testing';
import { decodeJwt } from 'jose';
import { ForwardAuthServer } from '../src/gate/forward-auth/forward-auth-server';
import { ORIGIN, attackGateway, bearer, runAttacks, strike, target, withKey } from './attacks/attack';
import { cookieRoutes, cookies, forgedRequests, honestRequests } from './attacks/cookies';
import { credentialAttacks } from './attacks/credential-attacks';
import { CLERK_USER } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { askAsTraefik, forwardAuthEnvironment } from './support/forward-auth-edge';
import { sendRaw } from './support/raw-request';
import { PUBLIC_URL } from './support/test-gateway';

/** The rules of the gateway's own routes that attacks aim at, and two routes of a shop. */
const policy = `
scopes: [orders:read]
routes:
  - { path: /admin/users, methods: [GET], audience: shop, access: admin, scope: 'users:read' }
  - { path: /admin/*, audience: shop, access: admin, credentials: [bearer] }
  - { path: /api/keys/*, audience: shop, access: user, credentials: [bearer] }
  - { path: /api/me, methods: [GET], audience: shop, access: user, scope: 'profile:read' }
  - { path: /api/me, audience: shop, access: user, scope: 'profile:write' }
  - { path: /orders/*, methods: [GET, POST], audience: shop, access: user, scope: 'orders:read', tiers: [pro], cors: upstream }
  - { path: /health, audience: shop, access: public }
  - { path: /next/*, audience: shop, access: public, clerkCookies: pass }
${cookieRoutes('audience: shop')}`;

attackGateway(askAsTraefik, () => forwardAuthEnvironment(policy));

runAttacks([...credentialAttacks, forgedRequests, cookies]);

const identity = ['x-gatehouse-user-id', 'x-gatehouse-role', 'x-gatehouse-tier'];
const spoofed = [...identity, 'x-gatehouse-assertion'].flatMap((name) =>
  [name, name.toUpperCase()].map((spelling) => [spelling, 'admin'] as const),
);
const identityOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
  identity.map((name) => headers[name]);

describe('forward auth', () => {
  it('tells who is calling, whatever the client claims', async () => {
    const key = target().key({ tier: 'pro', scopes: ['orders:read'] });
    const answer = await strike(withKey(key, { path: '/orders/7', headers: spoofed }));
    expect(answer.status).toBe(200);
    expect(identityOf(answer)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'user', 'pro']);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-length': '0' });
    const assertion = answer.headers['x-gatehouse-assertion'] ?? '';
    expect(decodeJwt(assertion)).toMatchObject({ aud: 'shop', sub: answer.headers['x-gatehouse-user-id'] });
  });

  it.each(['x_gatehouse_role', 'X-Gatehouse_Role', 'X_Gatehouse-Role'])(
    'refuses a client that sends %s',
    async (name) => {
      const { status, body } = await strike({ request: { path: '/health', headers: [[name, 'admin']] } });
      expect([status, body.code]).toEqual([400, 'invalid_request']);
    },
  );

  it('sets empty identity headers on a public route, also beside a credential', async () => {
    for (const attack of [{ request: { headers: spoofed } }, withKey(target().key(), { headers: spoofed })]) {
      const answer = await strike({ request: { ...attack.request, path: '/health' } });
      expect([answer.status, ...identityOf(answer)]).toEqual([200, '', '', '']);
      expect(answer.headers['x-gatehouse-assertion']).toBe('');
    }
  });

  it.each([
    ['without a route', '/other', 403, 'route_unknown'],
    ['to a method without a route', '/orders/7', 403, 'route_unknown'],
    ['to an ambiguous path', '/orders/../health', 400, 'invalid_request'],
    ['to an escaped path', '/orders/..%2fhealth', 400, 'invalid_request'],
  ])('refuses a request %s', async (_, path, status, code) => {
    const key = target().key({ tier: 'pro' });
    const { status: given, body, headers } = await strike(withKey(key, { path, method: 'DELETE' }));
    expect([given, body.code, headers['cache-control']]).toEqual([status, code, 'no-store']);
  });

  it('refuses another tier, and logs neither path nor credential', async () => {
    const key = target().key({ tier: 'free' });
    const answer = await strike(withKey(key, { path: '/orders/secret-order?coupon=hush' }));
    expect([answer.status, answer.body.code]).toEqual([403, 'tier_insufficient']);
    expect(target().logs()).not.toMatch(/secret-order|hush/);
    expect(target().logs()).toContain('forward-auth /orders/*');
  });

  it('lets a preflight of a known route pass, and of no other', async () => {
    const preflight = (path: string, method: string) =>
      strike({
        request: {
          ...{ method: 'OPTIONS', path },
          headers: [
            ['Origin', 'https://app.example.com'],
            ['Access-Control-Request-Method', method],
          ],
        },
      });
    const known = await preflight('/orders/7', 'POST');
    expect([known.status, ...identityOf(known)]).toEqual([200, '', '', '']);
    expect((await preflight('/orders/7', 'DELETE')).status).toBe(403);
  });

  it.each(honestRequests)('accepts the session cookie with %s', async (_, request) => {
    const answer = await strike(await request());
    expect([answer.status, answer.headers['x-gatehouse-role']]).toEqual([200, 'user']);
    expect(decodeJwt(answer.headers['x-gatehouse-assertion'] ?? '')).toMatchObject({ auth_method: 'clerk_session' });
  });

  it('lets an API key pass beside a cookie, without an origin', async () => {
    const headers = [['Cookie', `__session=${await mint(target().pair, CLERK_USER)}`]] as const;
    const answer = await strike(
      withKey(target().key({ role: 'developer' }), { method: 'POST', path: '/cart', headers }),
    );
    expect([answer.status, answer.headers['x-gatehouse-role']]).toEqual([200, 'developer']);
  });

  it("returns the cookies of the client without Clerk's, where the route does not say otherwise", async () => {
    const Cookie = 'a="1 "; __session=x;  __client_uat=1;b=2; __clerk_db_jwt=y';
    const cookiesFor = async (path: string, value?: string) =>
      (await strike({ request: { path, headers: value === undefined ? [] : [['Cookie', value]] } })).headers.cookie;
    expect(await cookiesFor('/health', Cookie)).toBe('a="1 ";b=2');
    expect(await cookiesFor('/health', '__session=x')).toBe('');
    expect(await cookiesFor('/health')).toBeUndefined();
    expect(await cookiesFor('/next', Cookie)).toBe(Cookie);
  });

  it('tells a page of a listed origin that it may read a refusal', async () => {
    const corsOf = async (path: string, origin: string) => {
      const { status, headers } = await strike({ request: { path, headers: [['Origin', origin]] } });
      return [status, headers['access-control-allow-origin'], headers.vary];
    };
    for (const origin of [ORIGIN, PUBLIC_URL]) expect(await corsOf('/cart', origin)).toEqual([401, origin, 'Origin']);
    expect(await corsOf('/cart', 'https://evil.example')).toEqual([401, undefined, 'Origin']);
    expect(await corsOf('/orders/7', ORIGIN)).toEqual([401, undefined, undefined]);
    expect(await corsOf('/other', ORIGIN)).toEqual([403, undefined, undefined]);
  });

  it('counts apart from the routes of the gateway', async () => {
    const token = await mint(target().pair, CLERK_USER);
    const left = async () => (await call(`${target().url}/api/me`, token)).headers.get('ratelimit');
    const before = await left();
    const answer = await strike(bearer(token));
    expect(answer.headers['ratelimit-policy']).toMatch(/^"gate-read";/);
    expect(Number(/r=(\d+)/.exec((await left()) ?? '')?.[1])).toBe(Number(/r=(\d+)/.exec(before ?? '')?.[1]) - 1);
  });

  it('refuses a key as soon as it is revoked', async () => {
    const key = target().key();
    expect((await strike(withKey(key))).status).toBe(200);
    await target().revoke(key);
    const { status, body } = await strike(withKey(key));
    expect([status, body.code]).toEqual([401, 'api_key_revoked']);
  });

  it('stops together with the port for clients: each answers what is open, and nothing new', async () => {
    const gateway = await target().another();
    const { url: forwardAuthUrl = '' } = gateway.app.get(ForwardAuthServer);
    const asked = target().lookedUp();
    const release = target().holdLookups();
    const answers = Promise.all([
      sendRaw(gateway.url, { path: '/api/me', headers: [['X-API-Key', target().key()]] }),
      askAsTraefik(gateway, { path: '/api/me', headers: [['X-API-Key', target().key()]] }),
    ]);
    // More after 20 s: the gateway repeats what is not answered.
    await eventually(() => target().lookedUp() >= asked + 2);
    const closing = gateway.app.close();
    for (const url of [gateway.url, forwardAuthUrl]) {
      await eventually(() =>
        sendRaw(url, { path: '/' }).then(
          () => false,
          () => true,
        ),
      );
    }
    release();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
    await closing;
  });

  it('is not served on the port for clients', async () => {
    const { status } = await sendRaw(target().url, { path: '/forward-auth' });
    expect(status).toBe(404);
  });

  it('is counted by route and client status', async () => {
    await strike({ request: { path: '/health' } });
    expect(await target().metrics()).toMatch(
      /gatehouse_gateway_requests_total\{method="GET",route="forward-auth \/health",status="200",auth="none"\} \d+/,
    );
  });
});
