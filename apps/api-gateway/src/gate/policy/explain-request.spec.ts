import { type GateEdge, explainRequest } from './explain-request';
import { parsePolicy } from './parse-policy';
import { type Policy } from './policy';

const policy = parsePolicy(`
upstreams: { orders: { url: 'http://orders:8080', audience: orders } }
scopes: [orders:read]
routes:
  - { host: a.example.com, path: /orders, upstream: orders, access: public }
  - { path: /orders/*, methods: [GET], upstream: orders, access: user, scope: 'orders:read' }
  - { path: /legacy/*, audience: legacy, access: user, tiers: [pro] }
  - { path: /batch, upstream: orders, access: user, credentials: [api_key], scope: 'orders:read' }
  - { path: /*, methods: [PUT], audience: all, access: admin }
`) as Policy;

const explain = (edge: GateEdge, method: string, path: string, host = 'app.example.com:443') =>
  explainRequest(policy, edge, { method, host, path });

it('names the route that decides, and why each earlier one does not', () => {
  expect(explain('gateway', 'GET', '/orders/7?a=1')).toMatchObject({
    ...{ outcome: 'route', detail: 'Open to users; API keys with orders:read.', route: { index: 1 } },
    tried: [
      { route: { index: 0 }, reason: 'host' },
      { route: { index: 1 }, reason: 'matches' },
    ],
  });
});

it.each([
  [
    'gateway',
    'GET',
    '/legacy/a',
    'unmatched',
    'Rejected with 404: routes[2] has no upstream, so it is for forward auth alone.',
  ],
  ['forward-auth', 'GET', '/legacy/a', 'route', 'Open to users with tier pro; all API keys.'],
  ['gateway', 'GET', '/batch', 'route', 'Open to API keys of users, with orders:read.'],
  ['gateway', 'GET', '/other', 'unmatched', 'Rejected with 404: no route matches.'],
  ['forward-auth', 'GET', '/other', 'unmatched', 'Rejected with 403 route_unknown: no route matches.'],
  ['gateway', 'PUT', '/API/me', 'gatehouse', 'Gatehouse answers this path itself. No route of the policy covers it.'],
  ['forward-auth', 'PUT', '/api/me', 'route', 'Open to admins; all API keys.'],
  [
    'gateway',
    'PROPFIND',
    '/batch',
    'rejected',
    'Rejected with 405: the gate sends upstreams only GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.',
  ],
  ['forward-auth', 'PROPFIND', '/batch', 'route', 'Open to API keys of users, with orders:read.'],
  [
    'gateway',
    'GET',
    '/Orders/7',
    'rejected',
    'Rejected with 400: routes[1] has this path in another spelling, and servers may read both alike.',
  ],
  [
    'gateway',
    'GET',
    '/orders/%2e%2e',
    'rejected',
    'Rejected with 400: the path holds a segment of dots or spaces alone.',
  ],
  ['gateway', 'GET', '/orders/%37', 'route', 'Open to users; API keys with orders:read.'],
  [
    'forward-auth',
    'GET',
    '/orders/%37',
    'rejected',
    expect.stringContaining('Rejected with 400: the path holds an escaped letter'),
  ],
] as const)('at %s, %s %s is %s', (edge, method, path, outcome, detail) => {
  expect(explain(edge, method, path)).toMatchObject({ outcome, detail });
});

it('rejects what is not a host', () => {
  expect(explain('gateway', 'GET', '/orders', 'a b')).toMatchObject({ outcome: 'rejected', tried: [] });
});
