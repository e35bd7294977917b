import { CredentialRefusedError } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { type Caller } from '../../caller/caller';
import { type GateRequest } from '../../caller/gate-request';
import { RateLimitedError, RequestInvalidError, RouteUnknownError } from '../../errors';
import { type Decision, Allowed, Refused } from '../decision';
import { type RouteRules } from '../route-rules';
import { ForwardAuth } from './forward-auth';
import { type ForwardRequest } from './forward-request';
import { identityHeaderNames } from './identity-headers';
import { type ProtectedRoute } from './protected-route';
import { type ProxyFamily, proxyFamilies } from './proxy-family';

const rules: RouteRules = {
  ...{ access: 'user', subject: '/orders/*', scope: 'orders:read', roles: null, tiers: null },
  ...{
    credentials: ['bearer', 'api_key'],
    acceptsConsole: false,
    cookieOrigins: new OriginList([]),
    rateClass: 'gate-read',
  },
};
const route: ProtectedRoute = { name: '/orders/*', audience: 'orders', cors: 'gate', clerkCookies: 'strip', rules };
const principal = {
  ...{ userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11', clerkUserId: null, sessionId: null, scopes: [] },
  ...{ role: 'developer', tier: 'pro', method: 'api_key', keyId: 'key' },
} as const;
const caller = { principal: { ...principal, scopes: [] } } as Partial<Caller> as Caller;
const rateHeaders = { 'ratelimit-policy': '"gate-read";q=1', ratelimit: '"gate-read";r=0;t=1' };

/** Headers with which each proxy asks about GET https://shop.example.com/orders/1?x=%2f. */
const asking: Readonly<Record<ProxyFamily, readonly (readonly [string, string])[]>> = {
  nginx: [
    ['X-Original-Method', 'GET'],
    ['X-Original-URL', 'https://shop.example.com/orders/1?x=%2f'],
  ],
  traefik: [
    ['X-Forwarded-Method', 'GET'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'shop.example.com'],
    ['X-Forwarded-Uri', '/orders/1?x=%2f'],
  ],
  caddy: [
    ['X-Forwarded-Method', 'GET'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'shop.example.com'],
    ['X-Forwarded-Uri', '/orders/1?x=%2f'],
  ],
  envoy: [
    ['Host', 'shop.example.com'],
    ['X-Forwarded-Proto', 'https'],
  ],
};

interface Question extends Partial<Pick<ForwardRequest, 'method' | 'url' | 'isFromProxy' | 'hasSecret'>> {
  readonly headers?: readonly (readonly [string, string])[];
}

/** Lets a proxy ask. `decide` replaces the gate; it sees the request and the rules. */
function ask(
  family: ProxyFamily,
  { headers = asking[family], ...given }: Question = {},
  decide: (rules: RouteRules, request: GateRequest) => Decision | Promise<Decision> = () =>
    new Allowed(caller, rateHeaders),
  options: { readonly requireHttps?: boolean; readonly listsMethod?: boolean } = {},
) {
  const found: string[][] = [];
  const find = (...target: [method: string, host: string, url: string]) => {
    found.push(target);
    if (target[2].startsWith('/unknown')) throw new RouteUnknownError();
    if (target[2].startsWith('//'))
      throw new RequestInvalidError([{ in: 'path', field: 'path', message: 'is ambiguous' }]);
    return route;
  };
  const { requireHttps = false, listsMethod = false } = options;
  const forward = new ForwardAuth(
    { decide },
    { find, lists: () => listsMethod },
    { issue: (_, audience) => `signed for ${audience}` },
    { headersFor: () => ({}) },
    {
      ...{ family, requireHttps },
    },
  );
  const path = family === 'envoy' ? '/forward-auth/orders/1?x=%2f' : '/forward-auth';
  const outcome = forward.answer({
    ...{
      id: 'r',
      method: 'GET',
      url: path,
      isFromProxy: true,
      hasSecret: true,
      clientAddress: '203.0.113.1',
      ...given,
    },
    rawHeaders: headers.flat(),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  });
  return { outcome, found };
}

/** Question about a preflight for PUT, with one more header. */
function preflight(family: ProxyFamily, more?: readonly [string, string]): Question {
  return {
    method: family === 'envoy' ? 'OPTIONS' : 'GET',
    headers: [
      ...asking[family].map(([name, value]) => [name, value === 'GET' ? 'OPTIONS' : value] as const),
      ['Origin', 'https://app.example.com'],
      ['Access-Control-Request-Method', 'PUT'],
      ...(more === undefined ? [] : [more]),
    ],
  };
}

/** The answer to a question. `status` and `code` are those for the client. */
async function answerTo(...question: Parameters<typeof ask>) {
  const { answer } = await ask(...question).outcome;
  const body = answer.body === '' ? {} : (JSON.parse(answer.body) as { readonly code?: string });
  return { ...answer, code: body.code, clientStatus: Number(answer.headers['x-gatehouse-status'] ?? answer.status) };
}

const unexpected = () => {
  throw new RangeError('the gate was asked');
};

describe.each(proxyFamilies)('forward auth for %s', (family) => {
  it('reads the original request and tells who is calling', () => {
    const seen: GateRequest[] = [];
    const { outcome, found } = ask(family, {}, (_, request) => {
      seen.push(request);
      return new Allowed(caller, rateHeaders);
    });
    expect(found).toEqual([['GET', 'shop.example.com', '/orders/1?x=%2f']]);
    expect(seen).toMatchObject([{ id: 'r', method: 'GET', url: '/orders/1?x=%2f', ip: '203.0.113.1' }]);
    expect(outcome).toEqual({
      ...{ method: 'GET', route, caller },
      answer: {
        ...{ status: 200, body: '' },
        headers: {
          ...{ 'cache-control': 'no-store', ...rateHeaders, 'x-gatehouse-assertion': 'signed for orders' },
          'x-gatehouse-user-id': principal.userId,
          ...{ 'x-gatehouse-role': 'developer', 'x-gatehouse-tier': 'pro' },
        },
      },
    });
  });

  it('sets every identity header on a public route, so that no copy of the client survives', async () => {
    const { status, headers } = await answerTo(family, {}, () => new Allowed(undefined, rateHeaders));
    expect(status).toBe(200);
    for (const name of identityHeaderNames) expect(headers).toMatchObject({ [name]: '', 'cache-control': 'no-store' });
  });

  it('refuses a request without a route, and answers no-store', async () => {
    const elsewhere = asking[family].map(([name, value]) => [name, value.replace('/orders', '/unknown')] as const);
    const question = { headers: elsewhere, ...(family === 'envoy' && { url: '/forward-auth/unknown' }) };
    const answer = await answerTo(family, question, unexpected);
    expect(answer).toMatchObject({ status: 403, code: 'route_unknown', headers: { 'cache-control': 'no-store' } });
  });

  it('refuses an ambiguous path with 400', async () => {
    const doubled = asking[family].map(([name, value]) => [name, value.replace('/orders', '//orders')] as const);
    const question = { headers: doubled, ...(family === 'envoy' && { url: '/forward-auth//orders' }) };
    const answer = await answerTo(family, question, unexpected);
    expect(answer).toMatchObject({ clientStatus: 400, code: 'invalid_request' });
    expect(answer.body).toContain('is ambiguous');
  });

  it('tells the client status, code, challenge and Retry-After of a refusal', async () => {
    const expired = () => new Refused(new CredentialRefusedError('token_expired'));
    const challenge = expect.stringMatching(/^Bearer realm="gatehouse", error="invalid_token"/);
    expect(await answerTo(family, {}, expired)).toMatchObject({
      ...{ status: 401, clientStatus: 401, code: 'token_expired', headers: { 'www-authenticate': challenge } },
    });
    const limited = async () => new Refused(new RateLimitedError(7_000), caller, rateHeaders);
    expect(await answerTo(family, {}, limited)).toMatchObject({
      ...{ status: family === 'nginx' ? 403 : 429, clientStatus: 429, code: 'rate_limited' },
      headers: { 'retry-after': '7', ...rateHeaders },
    });
  });

  it('refuses with 500 when the decision fails, without telling why', async () => {
    const broken = async () => {
      throw new TypeError('secret');
    };
    const answer = await answerTo(family, {}, broken);
    expect(answer).toMatchObject({ status: family === 'nginx' ? 403 : 500, clientStatus: 500, code: 'internal' });
    expect(answer.body).not.toContain('secret');
  });

  it('rejects a repeated header that it reads, in any case', async () => {
    for (const [name, value] of asking[family]) {
      // Node itself rejects a repeated Host.
      const headers = [...asking[family], [name.toUpperCase(), value] as const];
      expect(await answerTo(family, { headers }, unexpected)).toMatchObject({ clientStatus: 400 });
    }
  });

  it('rejects a missing or empty header that it reads', async () => {
    for (const [name] of asking[family]) {
      const without = asking[family].filter(([other]) => other !== name);
      for (const headers of [without, [...without, [name, ''] as const]]) {
        const answer = await answerTo(family, { headers }, unexpected);
        expect([answer.clientStatus, answer.code]).toEqual([400, 'invalid_request']);
        expect(answer.body).toContain(`"field":"${name}"`);
      }
    }
  });

  it.each([
    ...['X-Original-Method', 'X-Original-URL', 'X-Original-URI', 'X-Rewrite-URL', 'X-Forwarded-Method'],
    ...['X-Forwarded-Uri', 'X-Forwarded-Path', 'X-Envoy-Original-Path', 'X_Original_URL', 'X-Forwarded_Uri'],
    ...['x_forwarded_method', 'X_Original-Method'],
  ])('never reads %s, unless it is its own header', async (name) => {
    if (asking[family].some(([own]) => own === name)) return expect(ask(family).found).toHaveLength(1);
    const answer = await answerTo(family, { headers: [...asking[family], [name, '/health']] }, unexpected);
    expect([answer.clientStatus, answer.code]).toEqual([400, 'invalid_request']);
    expect(answer.body).not.toContain('/health');
  });

  it.each(['X-Gatehouse_Role', 'X_Gatehouse-Role', 'x_gatehouse_user_id', 'X-GATEHOUSE-USER_ID', 'X_Gatehouse_Other'])(
    'rejects %s, which services may read as an identity header',
    async (name) => {
      const answer = await answerTo(family, { headers: [...asking[family], [name, 'admin']] }, unexpected);
      expect([answer.clientStatus, answer.code]).toEqual([400, 'invalid_request']);
      expect(answer.body).toContain('is spelled with underscores');
    },
  );

  it.each([{ isFromProxy: false }, { hasSecret: false }])('refuses a question with %p', async (question) => {
    const answer = await answerTo(family, question, unexpected);
    expect([answer.status, answer.code]).toEqual([403, 'proxy_not_allowed']);
  });

  it('requires HTTPS on every hop where the gateway does', async () => {
    const plain = asking[family].map(([name, value]) => [name, value.replace('https', 'http')] as const);
    const required = { requireHttps: true };
    expect(await answerTo(family, {}, undefined, required)).toMatchObject({ status: 200 });
    expect(await answerTo(family, { headers: plain })).toMatchObject({ status: 200 });
    const answer = await answerTo(family, { headers: plain }, unexpected, required);
    expect([answer.status, answer.code]).toEqual([403, 'https_required']);
  });

  it('takes the query from the original request', () => {
    if (family === 'envoy') return expect(ask(family).found[0]?.[2]).toBe('/orders/1?x=%2f');
    expect(ask(family, { url: '/forward-auth?access_token=other' }).found[0]?.[2]).toBe('/orders/1?x=%2f');
  });

  it('answers at its own path alone', async () => {
    for (const url of [
      '/',
      '/forward-auth2',
      '/forward-authx/orders',
      family === 'envoy' ? '/forward-auth' : '/forward-auth/',
    ]) {
      const answer = await answerTo(family, { url }, unexpected);
      expect([answer.clientStatus, answer.code]).toEqual([404, 'not_found']);
    }
  });

  it('lets a preflight of a known route pass without identity, as the method that it asks for', () => {
    const judged: RouteRules[] = [];
    const { outcome, found } = ask(family, preflight(family), (its) => {
      judged.push(its);
      return new Allowed(undefined, rateHeaders);
    });
    expect(found).toEqual([['PUT', 'shop.example.com', '/orders/1?x=%2f']]);
    expect(judged).toEqual([{ ...rules, access: 'public' }]);
    expect(outcome).toMatchObject({ answer: { status: 200, headers: { 'x-gatehouse-user-id': '' } } });
  });

  it.each([
    ['with a token', ['Authorization', 'Bearer x'], false],
    ['with a key', ['X-API-Key', 'x'], false],
    ['with a cookie', ['Cookie', '__session=x'], false],
    ['of a route that lists OPTIONS', undefined, true],
  ] as const)('judges a preflight %s like any other request', (_, header, listsMethod) => {
    const judged: RouteRules[] = [];
    const decide = (its: RouteRules) => {
      judged.push(its);
      return new Allowed(caller, rateHeaders);
    };
    const { found } = ask(family, preflight(family, header), decide, { listsMethod });
    expect(found).toEqual([['OPTIONS', 'shop.example.com', '/orders/1?x=%2f']]);
    expect(judged).toEqual([rules]);
  });
});

describe('forward auth', () => {
  it.each([
    ['a method that is a list', 'X-Original-Method', 'GET, POST'],
    ['a method in lower case', 'X-Original-Method', 'delete'],
    ['a method in mixed case', 'X-Original-Method', 'Delete'],
    ['a method with another character', 'X-Original-Method', 'DELETE!'],
    ['a URL that is a path', 'X-Original-URL', '/orders/1'],
    ['a URL of another scheme', 'X-Original-URL', 'ftp://shop.example.com/orders/1'],
    ['a URL with a space', 'X-Original-URL', 'https://shop.example.com/orders /1'],
    ['a URL without a path', 'X-Original-URL', 'https://shop.example.com'],
  ])('rejects %s', async (_, name, value) => {
    const headers = asking.nginx.map(([own, given]) => [own, own === name ? value : given] as const);
    const answer = await answerTo('nginx', { headers }, unexpected);
    expect([answer.status, answer.clientStatus, answer.code]).toEqual([403, 400, 'invalid_request']);
    expect(answer.headers['x-gatehouse-code']).toBe('invalid_request');
    expect(answer.body).not.toContain(value);
  });
});
