import { parsePolicy } from './parse-policy';
import { type Policy } from './policy';

/** The example of the documentation. */
const example = `
upstreams:
  orders: { url: http://Orders:8080, audience: orders, timeoutMs: 5000 }
scopes: [orders:read, orders:write]
routes:
  - { path: /orders/*, methods: [GET], upstream: orders, access: user, scope: "orders:read" }
  - { path: /orders/*, upstream: orders, access: user, scope: orders:write, roles: [developer, admin], rateClass: write }
  - { path: /shop/*, upstream: orders, access: user, credentials: [bearer, cookie], origins: [https://Shop.example.com], clerkCookies: pass }
  - { path: /health, upstream: orders, access: public }
  - { host: legacy.example.com, path: /*, audience: legacy, access: user, tiers: [pro, enterprise] }
`;

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text);
  if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
  return parsed;
}

function faultsOf(content: unknown): readonly string[] {
  const parsed = parsePolicy(typeof content === 'string' ? content : JSON.stringify(content));
  return 'faults' in parsed ? parsed.faults : [];
}

const orders = { url: 'http://orders:8080', audience: 'orders' };
const withRoutes = (...routes: object[]) => ({ upstreams: { orders }, scopes: ['orders:read'], routes });

describe('a valid policy', () => {
  it('has its routes with their defaults, in the order of the file', () => {
    const { routes, upstreams, scopes } = policyOf(example);
    expect(upstreams).toEqual([
      {
        name: 'orders',
        url: 'http://orders:8080',
        audience: 'orders',
        timeoutMs: 5_000,
        clerkCookies: 'strip',
        identityHeaders: 'assertion',
        maxConnectionMinutes: 60,
        cors: 'gate',
      },
    ]);
    expect(scopes).toEqual(['orders:read', 'orders:write']);
    expect(routes.map(({ index, path }) => [index, path])).toEqual([
      [0, '/orders/*'],
      [1, '/orders/*'],
      [2, '/shop/*'],
      [3, '/health'],
      [4, '/*'],
    ]);
    expect(routes[0]).toMatchObject({
      host: undefined,
      pattern: { segments: ['orders'], isPrefix: true, endsWithSlash: true },
      methods: new Set(['GET', 'HEAD']),
      upstream: upstreams[0],
      audience: 'orders',
      credentials: new Set(['bearer', 'api_key']),
      rateClass: 'read',
      maxBodyBytes: 1024 ** 2,
      ...{ cors: 'gate', clerkCookies: 'strip' },
    });
    expect(routes[1]).toMatchObject({ methods: undefined, roles: ['developer', 'admin'], rateClass: 'write' });
    expect(routes[2]).toMatchObject({ origins: ['https://shop.example.com'], clerkCookies: 'pass' });
    expect(routes[3]).toMatchObject({ access: 'public', credentials: new Set() });
    expect(routes[4]).toMatchObject({ host: 'legacy.example.com', upstream: undefined, audience: 'legacy' });
  });

  it('can be JSON, also with tabs', () => {
    const json = JSON.stringify(withRoutes({ path: '/a', upstream: 'orders', access: 'public' }), null, '\t');
    expect(policyOf(json).routes).toHaveLength(1);
  });

  it('can have no upstream: everything behind forward auth, also paths that Gatehouse has on its own port', () => {
    const routes = ['/', '/api/*', '/admin', '/docs/*'].map((path) => ({ path, audience: 'app', access: 'user' }));
    expect(faultsOf({ routes })).toEqual([]);
  });

  it('can share parts by aliases', () => {
    const text =
      'routes:\n- &a { path: /a, audience: x, access: user, roles: &r [admin] }\n- { path: /b, audience: x, access: user, roles: *r }';
    expect(policyOf(text).routes[1]?.roles).toEqual(['admin']);
  });
});

describe('an invalid policy', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing', '', ['the file must be an object']],
    ['a list', '[]', ['the file must be an object']],
    ['no routes', {}, ['routes is required']],
    [
      'an unknown member of the file',
      { routes: [], route: [] },
      ['has an unknown member route: use upstreams, scopes, routes'],
    ],
    [
      'an unknown access',
      withRoutes({ path: '/a', upstream: 'orders', access: 'hunter2' }),
      ['routes[0].access must be one of "public", "user", "admin"'],
    ],
    [
      'an unknown upstream',
      withRoutes({ path: '/a', upstream: 'hunter2', access: 'user' }),
      ['routes[0].upstream is not among upstreams: use one of orders'],
    ],
    [
      'an unknown scope',
      withRoutes({ path: '/a', upstream: 'orders', access: 'user', scope: 'hunter2' }),
      ['routes[0].scope is neither a scope of Gatehouse nor among scopes: use one of orders:read'],
    ],
    [
      'neither upstream nor audience',
      withRoutes({ path: '/a', access: 'user' }),
      ['routes[0].upstream or audience is required, and not both'],
    ],
    [
      'rules for a public route',
      withRoutes({ path: '/a', upstream: 'orders', access: 'public', roles: ['admin'], credentials: ['cookie'] }),
      [
        'routes[0].roles must be absent: the route is public',
        'routes[0].credentials must be absent: the route is public',
      ],
    ],
    [
      'a scope without API keys',
      withRoutes({ path: '/a', upstream: 'orders', access: 'user', scope: 'orders:read', credentials: ['bearer'] }),
      ['routes[0].scope must be absent: only API keys have scopes, and credentials holds no api_key'],
    ],
    [
      'origins without a cookie',
      withRoutes({ path: '/a', upstream: 'orders', access: 'user', origins: ['https://app.example.com'] }),
      ['routes[0].origins must be absent: credentials holds no cookie'],
    ],
    [
      'a URL with a path or a password',
      {
        upstreams: { a: { ...orders, url: 'http://h/hunter2' }, b: { ...orders, url: 'http://u:hunter2@h' } },
        routes: [],
      },
      ['a', 'b'].map(
        (name) =>
          `upstreams.${name}.url must be http:// or https:// with host and port alone, such as http://orders:8080`,
      ),
    ],
    [
      'an upstream with a strange name',
      { upstreams: { 'Hunter 2': orders }, routes: [] },
      ['upstreams has a name that must be lower-case letters, digits and hyphens'],
    ],
    [
      'a scope of Gatehouse, a repeated scope and no scope',
      { scopes: ['items:read', 'a:b', 'a:b', 'hunter2'], routes: [] },
      [
        'scopes[3] must be <noun>:<verb> in lower case, such as orders:read',
        'scopes[0] is a scope of Gatehouse: leave it out',
        'scopes[2] repeats scopes[1]',
      ],
    ],
    [
      'numbers out of range',
      { upstreams: { a: { ...orders, timeoutMs: 1, maxConnectionMinutes: 1.5 } }, routes: [] },
      ['upstreams.a.timeoutMs must be at least 100', 'upstreams.a.maxConnectionMinutes must be a whole number'],
    ],
    [
      'a host with a port',
      { routes: [{ host: 'App.example.com:443', path: '/a', audience: 'x', access: 'user' }] },
      ['routes[0].host must be a host name in lower case without a port'],
    ],
  ])('%s', (_, content, faults) => {
    expect(faultsOf(content)).toEqual(faults);
    expect(faultsOf(content).join()).not.toMatch(/hunter2/i);
  });

  it.each([
    ['orders', 'must begin with a slash'],
    ['/orders/../admin', 'dots'],
    ['/orders//x', 'two slashes'],
    ['/orders%2Fx', 'encoded slash'],
    ['/orders;x', 'semicolon'],
    ['/café', 'percent-encoded'],
    ['/orders/*/items', 'only as its last segment'],
    ['/orders*', 'only as its last segment'],
    ['/**', 'only as its last segment'],
    ['/orders?x=*', 'only as its last segment'],
    ['/orders?x', 'no query'],
  ])('the path %s', (path, problem) => {
    expect(faultsOf(withRoutes({ path, upstream: 'orders', access: 'user' }))).toEqual([
      expect.stringMatching(new RegExp(`^routes\\[0\\]\\.path .*${problem}`)),
    ]);
  });

  it.each([
    '/',
    '/auth',
    '/auth/x',
    '/api/*',
    '/API/*',
    '/%61pi',
    '/admin',
    '/docs/',
    '/docs/*',
    '/console',
    '/.well-known/x',
  ])('an upstream at %s, which belongs to Gatehouse', (path) => {
    expect(faultsOf(withRoutes({ path, upstream: 'orders', access: 'user' }))).toEqual([
      expect.stringContaining('routes[0].path belongs to Gatehouse'),
    ]);
  });

  it('is reported whole', () => {
    const faults = faultsOf({
      upstreams: { orders: { ...orders, cors: 'x' } },
      routes: [{ path: 'x', audience: 'a', access: 'user' }, { path: '/a' }],
    });
    expect(faults.map((text) => text.split(' ')[0])).toEqual([
      'upstreams.orders.cors',
      'routes[0].path',
      'routes[1].access',
    ]);
  });

  it.each([
    ['routes: [', 'line 1, column 10 is not valid YAML'],
    ['routes:\n\t- a', 'line 2, column 1 is not valid YAML'],
    ['routes: []\nroutes: []', 'line 2, column 1 is not valid YAML (duplicate key)'],
    ['routes: []\n---\nroutes: []', 'is not valid YAML (multiple docs)'],
    ['routes: !!js/function hunter2', 'is not valid YAML (tag resolve failed)'],
    ['routes: *hunter2', 'an alias without an anchor'],
    ['['.repeat(5_000), 'is not valid YAML (resource exhaustion)'],
    ['{"a":'.repeat(5_000), 'is not valid YAML'],
    [`# ${'x'.repeat(1024 ** 2)}`, 'the file is larger than 1 MiB'],
    [
      `a: &a [x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(20)}]`).join('\n')}`,
      'the file has more than 100 aliases',
    ],
  ])('text that cannot be read: %#', (text, fault) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]);
    expect(faultsOf(text).join()).not.toContain('hunter2');
  });
});

describe('a route that can never match', () => {
  const route = (path: string, more: object = {}) => ({ path, audience: 'a', access: 'user', ...more });

  it.each<[string, object[], string[]]>([
    ['the same path', [route('/a'), route('/a')], ['routes[1] can never match: routes[0] before it covers']],
    ['a slash at the end', [route('/a'), route('/a/')], ['routes[1]']],
    ['another case', [route('/a'), route('/A')], ['routes[1]']],
    ['another spelling', [route('/a'), route('/%61')], ['routes[1]']],
    ['a wildcard', [route('/*'), route('/a/b')], ['routes[1]']],
    ['a wildcard below a wildcard', [route('/a/*'), route('/a'), route('/a/b/*')], ['routes[1]', 'routes[2]']],
    ['every host', [route('/*'), route('/a', { host: 'h' })], ['routes[1]']],
    ['HEAD with GET', [route('/a', { methods: ['GET'] }), route('/a', { methods: ['HEAD'] })], ['routes[1]']],
    [
      'several together',
      [
        route('/*', { methods: ['GET', 'PUT'] }),
        route('/a', { methods: ['POST'] }),
        route('/a', { methods: ['POST', 'GET'] }),
      ],
      ['routes[2] can never match: routes[0], routes[1] before it cover'],
    ],
  ])('is reported with those before it: %s', (_, routes, texts) => {
    expect(faultsOf({ routes })).toEqual(texts.map((text) => expect.stringContaining(text)));
  });

  it.each<[string, object[]]>([
    ['a narrower path first', [route('/a/b'), route('/a/*'), route('/*')]],
    ['a path that only begins alike', [route('/a/*'), route('/ab')]],
    ['one host first', [route('/*', { host: 'h' }), route('/*', { host: 'i' }), route('/a')]],
    ['some methods first', [route('/a', { methods: ['GET'] }), route('/a')]],
    [
      'an upstream, which leaves out the paths of Gatehouse',
      [{ path: '/*', upstream: 'orders', access: 'user' }, route('/admin'), route('/'), route('/*')],
    ],
  ])('is not assumed: %s', (_, routes) => {
    expect(faultsOf({ upstreams: { orders }, routes })).toEqual([]);
  });
});
