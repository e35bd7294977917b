import { randomUUID } from 'node:crypto';
import { type Names } from './names';

/** One request that a stranger sends. */
export interface Attempt {
  readonly path: string;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a stranger tries to reach somebody's data by one route. */
export interface Plan {
  /**
   * The requests that name somebody's data. The response must be the same for data that does not exist. Absent for a
   * route whose requests name nothing.
   */
  readonly naming?: (names: Names) => readonly Attempt[];
  /** Other requests, whose responses are only searched for somebody's data. */
  readonly other?: (somebody: Somebody) => readonly Attempt[];
  /** The requests end the credential of whoever sends them. */
  readonly ends?: true;
}

/** What a stranger may have learned about somebody. */
export interface Somebody {
  readonly names: Names;
  /** The idempotency key of somebody's requests. */
  readonly idempotencyKey: string;
  /** A cursor of somebody's list, by its path. */
  readonly cursors: Readonly<Record<string, string>>;
}

/** Bodies that the routes accept. */
export const bodies = {
  key: { name: 'isolation', scopes: ['*:*'] },
  upload: { name: 'isolation.pdf' },
  amount: { amount: 1 },
  item: { title: 'isolation' },
  template: { name: 'isolation', body: 'isolation' },
  assistantSession: { name: 'isolation' },
};

const PASSWORD = 'correct horse battery staple';
const once = (path: string): Plan => ({ other: () => [{ path }] });

/** A list: also with a cursor of somebody else. */
const list = (path: string, query = ''): Plan => ({
  other: ({ cursors: { [path]: cursor } }) => [
    { path: `${path}?limit=200${query}` },
    ...(cursor === undefined ? [] : [{ path: `${path}?limit=1&cursor=${encodeURIComponent(cursor)}` }]),
  ],
});

/** A creation: also with an idempotency key with which somebody else has made the same request. */
const creation = (path: string, body: object): Plan => ({
  other: ({ idempotencyKey }) => [{ path, body, headers: { 'idempotency-key': idempotencyKey } }],
});

/** A request for one object. */
const object = (path: (names: Names) => string, body?: object, headers?: Attempt['headers']): Plan => ({
  naming: (names) => [{ path: path(names), ...(body && { body }), ...(headers && { headers }) }],
});

/** The five routes of a kind of resource. */
function resource(kind: string, id: keyof Names, body: object): Record<string, Plan> {
  const path = (names: Names) => `/api/${kind}/${names[id]}`;
  return {
    [`get /api/${kind}`]: list(`/api/${kind}`),
    [`post /api/${kind}`]: creation(`/api/${kind}`, body),
    [`get /api/${kind}/{id}`]: object(path),
    [`patch /api/${kind}/{id}`]: object(path, body, { 'if-match': '"1"' }),
    [`delete /api/${kind}/{id}`]: object(path),
  };
}

/** A plan for each route of the OpenAPI document outside `/admin`. */
export const plans: Readonly<Record<string, Plan>> = {
  'get /api/me': once('/api/me'),
  'get /api/me/export': once('/api/me/export'),
  'get /api/realtime': once('/api/realtime'),
  'patch /api/me': { other: () => [{ path: '/api/me', body: { city: 'Elsewhere' } }] },
  'get /api/scopes': once('/api/scopes'),
  'get /api/keys': list('/api/keys'),
  'post /api/keys': creation('/api/keys', bodies.key),
  'delete /api/keys/{id}': {
    naming: ({ keyId }) => [{ path: `/api/keys/${keyId}` }, { path: `/api/keys/${keyId}?predecessors=true` }],
  },
  'post /api/keys/{id}/rotate': object(({ keyId }) => `/api/keys/${keyId}/rotate`, {}),
  ...resource('items', 'itemId', bodies.item),
  ...resource('templates', 'templateId', bodies.template),
  'get /api/templates': list('/api/templates', '&visibility=public'),
  ...resource('sessions', 'assistantSessionId', bodies.assistantSession),
  'get /api/tokens': once('/api/tokens'),
  'post /api/tokens/consume': creation('/api/tokens/consume', bodies.amount),
  'post /api/tokens/reservations': creation('/api/tokens/reservations', bodies.amount),
  'post /api/tokens/reservations/{id}/commit': object(
    ({ reservationId }) => `/api/tokens/reservations/${reservationId}/commit`,
    bodies.amount,
  ),
  'post /api/tokens/reservations/{id}/release': object(
    ({ reservationId }) => `/api/tokens/reservations/${reservationId}/release`,
    {},
  ),
  'get /api/uploads': list('/api/uploads'),
  'post /api/uploads': creation('/api/uploads', bodies.upload),
  'get /api/referral': once('/api/referral'),
  // Anybody may use a code that exists, so the responses differ. They do not say whose it is.
  'post /api/referral': {
    other: ({ names: { referralCode } }) => [{ path: '/api/referral', body: { code: referralCode } }],
  },
  'get /api/auth-sessions': once('/api/auth-sessions'),
  'delete /api/auth-sessions/{id}': {
    naming: ({ clerkSessionId, gatehouseSessionId }) => [
      { path: `/api/auth-sessions/${clerkSessionId}` },
      { path: `/api/auth-sessions/${gatehouseSessionId}` },
    ],
  },
  'delete /api/auth-sessions': { ...once('/api/auth-sessions'), ends: true },
  'get /api/clerk/syncUsers': once('/api/clerk/syncUsers'),
  'post /api/clerk/syncUsers': { other: () => [{ path: '/api/clerk/syncUsers', body: {} }] },
  'get /auth/explain': once('/auth/explain'),
  'get /auth/session': once('/auth/session'),
  'post /auth/login': {
    naming: ({ email }) => [{ path: '/auth/login', body: { email, password: PASSWORD } }],
  },
  'post /auth/password': {
    other: () => [{ path: '/auth/password', body: { token: randomUUID(), password: PASSWORD } }],
  },
  'post /auth/verify-clerk-token': {
    naming: ({ clerkUserId, phone }) => [
      { path: '/auth/verify-clerk-token', body: { clerkUserId } },
      { path: '/auth/verify-clerk-token', body: { phoneNumber: phone } },
    ],
  },
  'post /auth/logout': { other: () => [{ path: '/auth/logout', body: {} }], ends: true },
};

/**
 * The plan for a route of the OpenAPI document; undefined for one outside `/admin` that has no plan. Routes of admins
 * need none: they reject every stranger before they read the request.
 */
export function planOf(route: string): Plan | undefined {
  const [, path = ''] = route.split(' ');
  if (!path.startsWith('/admin/')) return plans[route];
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (parameters.length === 0) return { other: () => [{ path }] };
  return {
    naming: (names) =>
      [names.userId, names.clerkUserId, names.email, names.phone, names.keyId].map((name) => ({
        path: path.replace(/\{\w+\}/, encodeURIComponent(name)).replace(/\{(\w+)\}/g, (_, parameter: string) => {
          return parameter === 'kind' ? 'tokens' : objectId(path, names);
        }),
      })),
  };
}

/** Id of an object of the kind that the path of an admin route names. */
function objectId(path: string, names: Names): string {
  if (path.includes('/auth-sessions/')) return names.clerkSessionId;
  if (path.includes('/templates/')) return names.templateId;
  return path.includes('/sessions/') ? names.assistantSessionId : names.itemId;
}
