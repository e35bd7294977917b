import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatewayConfig } from '../src/config';
import { CONFIG } from '../src/tokens';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { policyEnvironment } from './support/forward-auth-edge';
import { type RawAnswer, type RawRequest, sendRaw } from './support/raw-request';
import { TestUpstream } from './support/upstream';

type Header = readonly [name: string, value: string];

const HOST: Header = ['Host', 'console.example.com'];
const OWN: Header = ['Origin', 'https://console.example.com'];
const JSON_BODY: Header = ['Content-Type', 'application/json'];
const COOKIE = '__Host-gatehouse-console';
/** Pages that a browser of an operator may show beside the console. */
const strangers: readonly (readonly [name: string, headers: readonly Header[]])[] = [
  ['another site', [['Origin', 'https://evil.example']]],
  ['a sandbox', [['Origin', 'null']]],
  ['the gateway itself, where upstreams are proxied', [['Origin', 'https://api.example.com']]],
  ['a page that CORS_ORIGINS lists', [['Origin', 'https://app.example.com']]],
  ['another port of the console', [['Origin', 'https://console.example.com:8443']]],
  ['the console over plain HTTP', [['Origin', 'http://console.example.com']]],
  ['two origins', [OWN, ['Origin', 'https://evil.example']]],
  ['a sibling host, as the browser says', [OWN, ['Sec-Fetch-Site', 'same-site']]],
];

let folder: string;
let upstream: TestUpstream;
let gateway: AttackedGateway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the console</title>');
  writeFileSync(join(folder, 'assets', 'index-abc123.js'), 'start()');
  writeFileSync(join(folder, 'secret.js'), 'not an asset');
  upstream = await TestUpstream.start();
  const policy = `
upstreams:
  shop: { url: '${upstream.url}', audience: shop }
routes:
  - { path: /*, upstream: shop, access: public, clerkCookies: pass }`;
  gateway = await startAttackedGateway(
    {
      ...policyEnvironment(policy),
      CONSOLE_URL: 'https://console.example.com',
      TRUST_PROXY: 'loopback',
      CORS_ORIGINS: 'https://app.example.com',
    },
    { consoleFiles: folder },
  );
});
afterAll(async () => {
  await gateway?.stop();
  upstream?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  gateway.reached.length = 0;
  upstream.reset();
});

const adminKey = (changes: Parameters<AttackedGateway['key']>[0] = {}) => gateway.key({ role: 'admin', ...changes });
const seal = () => gateway.app.get<GatewayConfig>(CONFIG).consoleSeal.current;

/** Makes a link with an API key, and returns its code. */
async function codeOf(key: string): Promise<string> {
  const { status, body } = await call(`${gateway.url}/admin/console-codes`, undefined, {
    method: 'POST',
    headers: { 'x-api-key': key },
  });
  expect(status).toBe(200);
  const [page, code] = (body.url as string).split('#code=');
  expect(page).toBe('https://console.example.com/console');
  return code ?? '';
}

let addresses = 0;

/** Redeems a code from a new address, because sign-ins from one address are limited. */
function redeem(code: string, headers: readonly Header[] = [HOST, OWN]): Promise<RawAnswer> {
  const address: Header = ['X-Forwarded-For', `203.0.113.${++addresses}`];
  const request: RawRequest = { method: 'POST', path: '/console/session', headers: [...headers, JSON_BODY, address] };
  return sendRaw(gateway.url, { ...request, body: JSON.stringify({ code }) });
}

/** Signs in, and returns the value of the cookie. */
async function signIn(key = adminKey()): Promise<string> {
  const answer = await redeem(await codeOf(key));
  expect(answer.status).toBe(200);
  return /^__Host-gatehouse-console=([\w-]+);/.exec(answer.headers['set-cookie'] ?? '')?.[1] ?? '';
}

/** Sends a request of a page of the console with a session. */
function ask(session: string, request: RawRequest = {}, url = gateway.url): Promise<RawAnswer> {
  const { path = '/admin/users', headers = [HOST] } = request;
  return sendRaw(url, { ...request, path, headers: [...headers, ['Cookie', `${COOKIE}=${session}`]] });
}

const refusal = ({ status, body }: RawAnswer) => [status, (body as { readonly code?: string }).code];

describe('a link of the console', () => {
  it('signs in once, with a cookie that only the console gets and no page can read', async () => {
    const code = await codeOf(adminKey());
    const first = await redeem(code);
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']).toMatch(
      /^__Host-gatehouse-console=[\w-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure$/,
    );
    const again = await redeem(code);
    expect(refusal(again)).toEqual([401, 'token_used']);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(gateway.logs()).not.toContain(code);
  });

  it('is useless after its minute, and so is any other text', async () => {
    const content = { id: crypto.randomUUID(), keyHash: 'a'.repeat(64) };
    const late = seal().seal('code', { ...content, expiresAt: Date.now() });
    const session = await signIn();
    for (const code of [late, session, 'a', adminKey()]) {
      expect(refusal(await redeem(code))).toEqual([400, 'token_invalid']);
    }
  });

  it.each(strangers)('does not sign in for %s', async (_, headers) => {
    const answer = await redeem(await codeOf(adminKey()), [HOST, ...headers]);
    expect(refusal(answer)).toEqual([403, 'cookie_origin_refused']);
    expect(gateway.reached).toEqual([]);
  });

  it('does not sign in without an Origin, as a form of an old browser sends it', async () => {
    expect(refusal(await redeem(await codeOf(adminKey()), [HOST]))).toEqual([403, 'cookie_origin_refused']);
  });

  it('is made by the API key of an admin alone: neither by another session nor by the console itself', async () => {
    const make = (headers: readonly Header[]) =>
      sendRaw(gateway.url, { method: 'POST', path: '/admin/console-codes', headers });
    expect(refusal(await make([['X-API-Key', gateway.key()]]))).toEqual([403, 'role_insufficient']);
    const token = await mint(gateway.pair, 'user_admin');
    expect(refusal(await make([['Authorization', `Bearer ${token}`]]))).toEqual([403, 'session_refused']);
    const session = await signIn();
    const cookie: Header = ['Cookie', `${COOKIE}=${session}`];
    expect(refusal(await make([HOST, OWN, cookie]))).toEqual([403, 'session_refused']);
  });

  it('does not sign in an admin who is none any more, nor with a key that was revoked', async () => {
    const [demoted, revoked] = [adminKey(), adminKey()];
    const [first, second] = [await codeOf(demoted), await codeOf(revoked)];
    await gateway.changeKey(demoted, { role: 'user' });
    await gateway.revoke(revoked);
    expect(refusal(await redeem(first))).toEqual([403, 'role_insufficient']);
    expect(refusal(await redeem(second))).toEqual([401, 'api_key_revoked']);
  });
});

describe('a session of the console', () => {
  it('reads what its API key may read, at every gateway, and nothing else', async () => {
    const session = await signIn(adminKey({ scopes: ['users:read'] }));
    const replica = await gateway.another();
    try {
      for (const url of [gateway.url, replica.url]) {
        expect((await ask(session, {}, url)).status).toBe(200);
        expect(refusal(await ask(session, { path: '/admin/audit' }, url))).toEqual([403, 'scope_insufficient']);
      }
    } finally {
      await replica.app.close();
    }
    const shown = await ask(session, { path: '/console/session' });
    expect(shown.body).toMatchObject({ scopes: ['users:read'], keyId: expect.any(String) as string });
  });

  it('ends with its API key, and with the role of its user', async () => {
    const key = adminKey();
    const session = await signIn(key);
    expect((await ask(session)).status).toBe(200);
    await gateway.changeKey(key, { role: 'user' });
    expect(refusal(await ask(session))).toEqual([403, 'role_insufficient']);
    await gateway.changeKey(key, { role: 'admin', isActive: false });
    expect(refusal(await ask(session))).toEqual([403, 'account_inactive']);
    await gateway.changeKey(key, { isActive: true, expiresAt: Date.now() - 1 });
    expect(refusal(await ask(session))).toEqual([401, 'api_key_expired']);
    await gateway.revoke(key);
    expect(refusal(await ask(session))).toEqual([401, 'api_key_revoked']);
  });

  it('ends after its time, and cannot be forged from a code', async () => {
    const content = { id: crypto.randomUUID(), keyHash: 'a'.repeat(64) };
    const ended = seal().seal('session', { ...content, expiresAt: Date.now() });
    for (const session of [ended, await codeOf(adminKey()), 'a', adminKey()]) {
      expect(refusal(await ask(session))).toEqual([401, 'credential_missing']);
    }
  });

  it.each(strangers)('cannot be used by %s', async (_, headers) => {
    const session = await signIn();
    gateway.reached.length = 0;
    for (const method of ['GET', 'POST']) {
      const answer = await ask(session, { method, headers: [HOST, ...headers] });
      expect([method, ...refusal(answer)]).toEqual([method, 403, 'cookie_origin_refused']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(gateway.reached).toEqual([]);
  });

  it('changes nothing for a request without an Origin', async () => {
    const session = await signIn();
    for (const [method, path] of [
      ['POST', '/admin/users'],
      ['DELETE', '/console/session'],
    ] as const) {
      expect(refusal(await ask(session, { method, path }))).toEqual([403, 'cookie_origin_refused']);
    }
  });

  it.each([
    ['api.example.com', 401],
    ['console.example.com:8443', 401],
    ['console.example.com.', 401],
    ['evil.example', 401],
    ['localhost', 401],
  ])('does not count at %s, to which a browser or a proxy may send it', async (host, status) => {
    const answer = await ask(await signIn(), { headers: [['Host', host]] });
    expect(refusal(answer)).toEqual([status, 'credential_missing']);
  });

  it('does not count beside a second cookie of its name, or under the name for plain HTTP', async () => {
    const [own, strange] = [await signIn(), await signIn()];
    const send = (cookie: string) =>
      sendRaw(gateway.url, { path: '/admin/users', headers: [HOST, ['Cookie', cookie]] });
    for (const cookie of [`${COOKIE}=${strange}; ${COOKIE}=${own}`, `gatehouse-console=${own}`]) {
      expect(refusal(await send(cookie))).toEqual([401, 'credential_missing']);
    }
  });

  it('is a new one after each sign-in, whatever cookie the browser had', async () => {
    const planted = await signIn();
    const answer = await redeem(await codeOf(adminKey()), [HOST, OWN, ['Cookie', `${COOKIE}=${planted}`]]);
    expect(answer.headers['set-cookie']).toMatch(/^__Host-gatehouse-console=[\w-]{100,};/);
    expect(answer.headers['set-cookie']).not.toContain(planted);
  });

  it('yields to a credential in a header', async () => {
    const headers: Header[] = [HOST, ['X-API-Key', gateway.key()]];
    expect(refusal(await ask(await signIn(), { headers }))).toEqual([403, 'role_insufficient']);
  });

  it('is removed from the browser by a sign-out', async () => {
    const answer = await ask(await signIn(), { method: 'DELETE', path: '/console/session', headers: [HOST, OWN] });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toMatch(/^__Host-gatehouse-console=; Path=\/; Max-Age=0;/);
  });

  it('never reaches an upstream or a log', async () => {
    const session = await signIn();
    const cookies = `theme=dark; ${COOKIE}=${session}; gatehouse-console=${session}`;
    await sendRaw(gateway.url, { path: '/shop', headers: [['Cookie', cookies]] });
    expect(upstream.received.map(({ request }) => request.headers.cookie)).toEqual(['theme=dark']);
    expect(gateway.logs()).not.toContain(session);
  });
});

describe('the origin of the console', () => {
  it.each(['/shop', '/api/me', '/docs', '/auth/login', '/.well-known/jwks.json', '/%61dmin/../shop'])(
    'serves nothing at %s',
    async (path) => {
      expect((await sendRaw(gateway.url, { path, headers: [HOST] })).status).toBeGreaterThanOrEqual(400);
      expect(upstream.received).toEqual([]);
    },
  );

  it('tells no other page what it may read, and answers no preflight', async () => {
    const headers: Header[] = [HOST, ['Origin', 'https://app.example.com'], ['Access-Control-Request-Method', 'POST']];
    const answer = await sendRaw(gateway.url, { method: 'OPTIONS', path: '/admin/users', headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('leads from / to the console', async () => {
    const { status, headers } = await sendRaw(gateway.url, { path: '/', headers: [HOST] });
    expect([status, headers.location]).toEqual([302, '/console']);
  });

  it.each(['/console', '/console/', '/console/events', '/console/events/msg_1?tab=attempts'])(
    'serves the page at %s, never from a cache, with nothing inline and nothing foreign',
    async (path) => {
      const { status, headers, text } = await sendRaw(gateway.url, { path, headers: [HOST] });
      expect([status, text]).toEqual([200, '<!doctype html><title>the console</title>']);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['x-frame-options']).toBe('DENY');
    },
  );

  it('lets browsers keep an asset, compressed if they wish, and serves no other file', async () => {
    const path = '/console/assets/index-abc123.js';
    const { status, headers, text } = await sendRaw(gateway.url, { path, headers: [HOST] });
    expect([status, text, headers['content-type']]).toEqual([200, 'start()', 'text/javascript; charset=utf-8']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const name of ['none.js', '..%2fsecret.js', '..%2findex.html', '%2e%2e%2fsecret.js']) {
      expect((await sendRaw(gateway.url, { path: `/console/assets/${name}`, headers: [HOST] })).status).toBe(404);
    }
  });

  it('compresses what it serves', async () => {
    const path = '/console/assets/index-abc123.js';
    const response = await sendRaw(gateway.url, { path, headers: [HOST, ['Accept-Encoding', 'gzip, br']] });
    expect([response.headers['content-encoding'], response.headers.vary]).toEqual(['gzip', 'Accept-Encoding']);
  });

  it('is the only one with the console, however the path is spelled', async () => {
    for (const path of ['/console', '/console/session', '/%63onsole/events', '/console/assets/index-abc123.js']) {
      expect([path, (await sendRaw(gateway.url, { path })).status]).toEqual([path, 404]);
    }
    expect(upstream.received).toEqual([]);
  });
});
