import { randomUUID } from 'node:crypto';
import { type RegisteredRoute, RouteRegister } from '../src/access/route-register';
import { attackGateway, json, strike, target } from './attacks/attack';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { type RawAnswer, type RawRequest } from './support/raw-request';

attackGateway();

interface Route {
  readonly method: string;
  readonly path: string;
  readonly registered: RegisteredRoute;
}

/** Routes of the gateway with one of these methods, with parameters filled in. */
function routes(...methods: string[]): Route[] {
  return target()
    .app.get(RouteRegister)
    .all.flatMap((registered) =>
      registered.methods
        .filter((method) => methods.includes(method))
        .map((method) => ({ method, path: fill(registered.url), registered })),
    );
}

/** Routes whose body is a file and no JSON; `user-imports.spec.ts` tests them. */
const uploads = ['POST /admin/users/import', 'PATCH /admin/users/import/:id'];

/** {@link routes} that change something and take no file. */
function changingRoutes(): Route[] {
  return routes('POST', 'PUT', 'PATCH', 'DELETE').filter(
    ({ method, registered }) => !uploads.includes(`${method} ${registered.url}`),
  );
}

function fill(url: string): string {
  return url.replace(/:\w+/g, '018f0000-0000-7000-8000-000000000001');
}

/** Sends the request as an admin with a new token. */
async function ask({ method, path }: Pick<Route, 'method' | 'path'>, request: RawRequest = {}): Promise<RawAnswer> {
  const token = await mint(target().pair, 'user_admin', { claims: { jti: randomUUID() } });
  const headers = [['Authorization', `Bearer ${token}`] as const, ...(request.headers ?? [])];
  return strike({ request: { ...request, method, path, headers } });
}

const outcome = ({ status, body }: RawAnswer) => {
  const { code, errors } = body as { code?: string; errors?: unknown };
  return { status, code, errors };
};

const nothing: readonly (readonly [string, RawRequest])[] = [
  ['no Content-Type', {}],
  ['JSON', { headers: [['Content-Type', 'application/json']] }],
  ['JSON in a charset', { headers: [['Content-Type', 'application/json; charset=utf-8']] }],
  ['a form, as of curl -d ""', { headers: [['Content-Type', 'application/x-www-form-urlencoded']] }],
  ['a Content-Type that is none', { headers: [['Content-Type', 'none, at all']] }],
  [
    'a length of 0',
    {
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Length', '0'],
      ],
    },
  ],
  [
    'no chunks of JSON',
    {
      headers: [
        ['Content-Type', 'application/json'],
        ['Transfer-Encoding', 'chunked'],
      ],
      body: '0\r\n\r\n',
    },
  ],
];

describe('on every route that changes something', () => {
  it('zero bytes are read as an empty body, regardless of the headers', async () => {
    const changing = changingRoutes();
    expect(changing.length).toBeGreaterThan(20);
    for (const route of changing) {
      const expected = outcome(await ask(route, json({}, {})));
      if (expected.status === 400) expect(expected).toMatchObject({ code: 'invalid_request' });
      for (const [name, request] of nothing) {
        const sent = outcome(await ask(route, request));
        expect([route.method, route.path, name, sent]).toEqual([route.method, route.path, name, expected]);
      }
    }
  });

  it('an unknown field is rejected by name', async () => {
    for (const route of changingRoutes()) {
      const { status, code, errors } = outcome(await ask(route, json({ gatehouseUnknown: true }, {})));
      expect([route.method, route.path, status, code]).toEqual([route.method, route.path, 400, 'invalid_request']);
      expect(errors).toContainEqual(expect.objectContaining({ field: 'gatehouseUnknown' }));
    }
  });

  it('an idempotency key is rejected on POST and PATCH, except where the OpenAPI document describes it', async () => {
    const { body } = await call(`${target().url}/docs/openapi.json`);
    const rejection = { in: 'header', field: 'Idempotency-Key', message: expect.stringContaining('not taken') };
    const takers: string[] = [];
    for (const route of changingRoutes()) {
      const path = route.registered.url.replace(/:(\w+)/g, '{$1}');
      const { parameters = [] } = body.paths[path]?.[route.method.toLowerCase()] ?? {};
      const isTaken = parameters.some(({ name }: { name: string }) => name === 'Idempotency-Key');
      if (isTaken) takers.push(`${route.method} ${path}`);
      const isRejected = !isTaken && (route.method === 'POST' || route.method === 'PATCH');
      const { errors = [] } = outcome(await ask(route, json({}, { headers: [['Idempotency-Key', 'k']] })));
      if (isRejected) expect([route.method, path, errors]).toEqual([route.method, path, [rejection]]);
      else expect([route.method, path, errors]).not.toEqual([route.method, path, expect.arrayContaining([rejection])]);
    }
    expect(takers).toContain('POST /api/keys');
  });

  it('a body that is not JSON is rejected', async () => {
    for (const route of changingRoutes()) {
      const where = [route.method, route.path];
      const form: RawRequest = { body: 'a=b', headers: [['Content-Type', 'application/x-www-form-urlencoded']] };
      expect([...where, outcome(await ask(route, form)).code]).toEqual([...where, 'media_type_unsupported']);
      const codes = {
        '{"a":1,"a":2}': 'json_member_repeated',
        '{"a":"\xff"}': 'json_encoding_invalid',
        '{': 'invalid_json',
      };
      for (const [body, code] of Object.entries(codes)) {
        expect([...where, outcome(await ask(route, json(body, {}))).code]).toEqual([...where, code]);
      }
    }
  });
});

describe('on every route', () => {
  it('an unknown query parameter is rejected by name, except on pages that browsers navigate to', async () => {
    for (const route of routes('GET', 'POST', 'PUT', 'PATCH', 'DELETE')) {
      const where = [route.method, route.path];
      const answer = outcome(await ask({ ...route, path: `${route.path}?gatehouseUnknown=1` }));
      const named = (answer.errors as { field: string }[] | undefined)?.some(
        ({ field }) => field === 'gatehouseUnknown',
      );
      expect([...where, named ?? false]).toEqual([...where, route.registered.access.navigation !== true]);
    }
  });
});

it('every route that takes API keys needs a scope that GET /api/scopes lists, and no listed scope is without a route', async () => {
  const { body } = await ask({ method: 'GET', path: '/api/scopes' });
  const listed = (body as { items: { scope: string }[] }).items.map(({ scope }) => scope);
  const needed = routes('GET', 'POST', 'PUT', 'PATCH', 'DELETE').flatMap(({ registered: { access } }) => {
    const takesKeys = (access.access === 'user' || access.access === 'admin') && access.credential !== 'session';
    return takesKeys && access.scope !== 'none' ? [access.permission] : [];
  });
  expect(needed.length).toBeGreaterThan(40);
  expect(listed).toEqual([...new Set<string>(needed)].sort());
});

it('a route with required fields names the missing ones', async () => {
  const { errors } = outcome(await ask({ method: 'POST', path: '/api/keys' }));
  expect(errors).toMatchObject([{ field: 'name' }, { field: 'scopes' }]);
});
