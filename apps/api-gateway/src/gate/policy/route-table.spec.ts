import fc from 'fast-check';
import { normalizePath } from '../path/normal-path';
import { explainRoute } from './explain-route';
import { parsePolicy } from './parse-policy';
import { type Policy } from './policy';

const orders = { url: 'http://orders:8080', audience: 'orders' };

function policyOf(...routes: object[]): Policy {
  const parsed = parsePolicy(JSON.stringify({ upstreams: { orders }, routes }));
  if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
  return parsed;
}

/** A route behind forward auth alone. */
const auth = (path: string, more: object = {}) => ({ path, audience: 'a', access: 'user', ...more });
/** A route with an upstream. */
const proxy = (path: string, more: object = {}) => ({ path, upstream: 'orders', access: 'user', ...more });

function requestOf(method: string, host: string, target: string) {
  const path = normalizePath(target);
  if ('fault' in path) throw new Error(path.fault);
  return { method, host, segments: path.segments, endsWithSlash: path.endsWithSlash };
}

/** `matched 2`, `ambiguous 2` or `none`, for a request such as `GET host/path`. */
function find(policy: Policy, text: string): string {
  const [, method = '', host = '', target = ''] = /^(\S+) ([^/]+)(\/.*)$/.exec(text) ?? [];
  const match = policy.table.find(requestOf(method, host, target));
  return match.kind === 'none' ? 'none' : `${match.kind} ${match.route.index}`;
}

it('matches nothing without a route', () => {
  expect(find(policyOf(), 'GET h/')).toBe('none');
});

it.each([
  ['GET h/orders', 'matched 1'],
  ['GET h/orders/', 'matched 1'],
  ['GET h/orders/7', 'matched 0'],
  ['GET h/orders/7/', 'ambiguous 0'],
  ['GET h/orders/%37', 'matched 0'],
  ['GET h/orders/8', 'matched 1'],
  ['GET h/orders/7/x', 'matched 1'],
  ['HEAD h/orders/8', 'matched 1'],
  ['POST h/orders/8', 'matched 2'],
  ['PURGE h/orders', 'matched 2'],
  ['GET h/ordersx', 'none'],
  ['GET h/order', 'none'],
  ['GET special/x', 'matched 3'],
  ['GET special/orders', 'matched 1'],
  ['POST special/orders', 'matched 2'],
  ['GET special/', 'matched 3'],
  ['GET other/x', 'none'],
  ['GET h/late', 'matched 4'],
  ['GET special/late', 'matched 3'],
])('%s: %s, the first in the order of the file', (request, expected) => {
  const policy = policyOf(
    auth('/orders/7', { methods: ['GET'] }),
    auth('/orders/*', { methods: ['GET'] }),
    auth('/orders/*'),
    auth('/*', { host: 'special' }),
    auth('/late'),
  );
  expect(find(policy, request)).toBe(expected);
});

it.each([
  ['GET h/ADMIN/users', 'ambiguous 0'],
  ['GET h/Admin', 'ambiguous 0'],
  ['GET h/admin./users', 'ambiguous 0'],
  ['GET h/admin%20/users', 'ambiguous 0'],
  ['GET h/%41dmin', 'ambiguous 0'],
  ['GET h/cafe%CC%81', 'ambiguous 1'],
  ['GET h/caf%C3%A9', 'matched 1'],
  ['GET h/%C5%BFtaff', 'ambiguous 2'],
  ['GET h/adminx', 'matched 3'],
  ['GET h/Users/AbC', 'matched 3'],
])(
  '%s, which some servers read like an earlier route, does not fall through to a later one: %s',
  (request, expected) => {
    const policy = policyOf(auth('/admin/*'), auth('/caf%C3%A9'), auth('/staff'), auth('/*', { access: 'public' }));
    expect(find(policy, request)).toBe(expected);
  },
);

it.each([
  ['GET h/orders', 'matched 0'],
  ['GET h/orders/', 'ambiguous 0'],
  ['GET h/items/', 'matched 1'],
  ['GET h/items', 'ambiguous 1'],
  ['GET h/shop', 'matched 2'],
  ['GET h/shop/', 'matched 2'],
  ['GET h/', 'matched 3'],
])('%s: a route for one path is not for the path with or without a slash at its end: %s', (request, expected) => {
  const policy = policyOf(auth('/orders'), auth('/items/'), auth('/shop/*'), auth('/*', { access: 'public' }));
  expect(find(policy, request)).toBe(expected);
});

it.each(['/', '/api', '/api/me', '/API/me', '/auth/', '/admin/x', '/docs/', '/console', '/.well-known/jwks.json'])(
  'a wildcard with an upstream never covers %s, which belongs to Gatehouse; one behind forward auth does',
  (path) => {
    const policy = policyOf(proxy('/*', { access: 'public' }), auth('/*'));
    expect(find(policy, `GET h${path}`)).toBe('matched 1');
    expect(find(policyOf(proxy('/*')), `GET h${path}`)).toBe('none');
    expect(find(policyOf(proxy('/*')), 'GET h/apis')).toBe('matched 0');
  },
);

describe('an explanation', () => {
  it('says why each earlier route does not match', () => {
    const policy = policyOf(
      auth('/orders/*', { host: 'other' }),
      auth('/items'),
      auth('/orders/*', { methods: ['POST'] }),
      auth('/orders'),
      auth('/orders/*'),
      auth('/late'),
    );
    const { match, routes } = explainRoute(policy, requestOf('GET', 'h', '/orders/7'));
    expect(match).toMatchObject({ kind: 'matched', route: { index: 4 } });
    expect(routes.map(({ reason }) => reason)).toEqual(['host', 'path', 'method', 'path', 'matches']);
  });

  it('says why no route matches', () => {
    const { match, routes } = explainRoute(policyOf(proxy('/*')), requestOf('GET', 'h', '/api/me'));
    expect([match.kind, routes.map(({ reason }) => reason)]).toEqual(['none', ['reserved']]);
  });

  it('agrees with the table for every request', () => {
    const path = fc
      .tuple(fc.array(fc.constantFrom('a', 'b', 'A', 'api', 'admin'), { maxLength: 3 }), fc.boolean())
      .map(([segments, slash]) => `/${segments.join('/')}${slash && segments.length > 0 ? '/' : ''}`);
    const pattern = fc
      .tuple(path, fc.boolean())
      .map(([text, below]) => (below ? `${text.replace(/\/$/, '')}/*` : text));
    const methods = fc.option(fc.subarray(['GET', 'POST', 'HEAD'], { minLength: 1 }), { nil: undefined });
    const host = fc.option(fc.constantFrom('h', 'i'), { nil: undefined });
    const route = fc.record({ path: pattern, methods, host, hasUpstream: fc.boolean() });
    const request = fc.record({ method: fc.constantFrom('GET', 'HEAD', 'PUT'), host: fc.constantFrom('h', 'j'), path });
    fc.assert(
      fc.property(fc.array(route, { maxLength: 8 }), request, (entries, asked) => {
        const given = entries.map(({ hasUpstream, ...rest }) =>
          hasUpstream ? proxy(rest.path, rest) : auth(rest.path, rest),
        );
        // Routes that can never match are left out one by one, as an author would do.
        const kept: object[] = [];
        for (const entry of given) {
          const parsed = parsePolicy(JSON.stringify({ upstreams: { orders }, routes: [...kept, entry] }));
          if (!('faults' in parsed)) kept.push(entry);
        }
        const policy = policyOf(...kept);
        const { match, routes } = explainRoute(policy, requestOf(asked.method, asked.host, asked.path));
        const first = policy.routes.find((_, index) => ['matches', 'spelling'].includes(routes[index]?.reason ?? ''));
        expect(match.kind === 'none' ? undefined : match.route).toBe(first);
        expect(match.kind === 'ambiguous').toBe(routes.at(-1)?.reason === 'spelling');
      }),
      { numRuns: 150 },
    );
  });
});
