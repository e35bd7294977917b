import { runInNewContext } from 'node:vm';
import { scopes } from '@gatehouse/contracts';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type RouteAccess, isComplete } from '../src/access/access';
import { problemStatuses } from '../src/problems/problem-codes';
import { call } from './support/call';
import { type TestGateway, startTestGateway } from './support/test-gateway';

type Wrap = (original: (given: unknown) => unknown) => (given: unknown) => unknown;
/** Options of Swagger UI that a test reads. */
interface SwaggerOptions {
  readonly plugins: readonly ((system: object) => {
    readonly statePlugins: {
      readonly auth: { readonly wrapActions: { readonly authorize: Wrap; readonly logout: Wrap } };
    };
  })[];
  readonly onComplete: () => void;
  readonly persistAuthorization: boolean;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ PUBLIC_URL: 'https://api.example.com' });
});
afterAll(() => gateway?.stop());

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The response component that a response refers to, or the response itself. */
function resolved({ components }: OpenAPIObject, response: object | undefined): unknown {
  if (response === undefined || !('$ref' in response)) return response;
  return components?.responses?.[String(response.$ref).split('/').at(-1) ?? ''];
}

describe('the documentation', () => {
  it('is a page whose files are all served by the gateway', async () => {
    const { status, body, headers } = await call(`${gateway.url}/docs`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(body).not.toMatch(/https?:|<script>/);
    const links = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    const files = links.filter((link) => link !== 'docs/openapi.json');
    expect(files).toHaveLength(5);
    for (const link of files) {
      const part = await fetch(new URL(link, `${gateway.url}/docs`));
      expect([part.status, (await part.arrayBuffer()).byteLength > 100]).toEqual([200, true]);
      expect(part.headers.get('content-type')).toMatch(/^(text\/(css|javascript); charset=utf-8|image\/png)$/);
      expect(part.headers.get('cache-control')).toBe('public, max-age=3600');
    }
  });

  it('says how to get a token, and lists every scope and every error code', async () => {
    const { body } = await call(`${gateway.url}/docs`);
    for (const text of ['session.getToken()', 'POST /auth/login', 'POST /api/keys']) expect(body).toContain(text);
    for (const name of [...Object.keys(scopes), ...Object.keys(problemStatuses)]) {
      expect(body).toContain(`<code>${name}</code>`);
    }
  });

  it('keeps a bearer token for its tab, and API keys nowhere', async () => {
    const script = await (await fetch(`${gateway.url}/docs/assets/start.js`)).text();
    const stored: Record<string, string> = {};
    const shown: unknown[] = [];
    let options: SwaggerOptions | undefined;
    const sessionStorage = {
      getItem: (name: string) => stored[name] ?? null,
      setItem: (name: string, value: string) => void (stored[name] = value),
      removeItem: (name: string) => void delete stored[name],
    };
    const page = {
      sessionStorage,
      matchMedia: () => ({ matches: true, addEventListener: () => undefined }),
      document: { documentElement: { classList: { toggle: () => undefined } }, getElementById: () => undefined },
      window: {},
      addEventListener: () => undefined,
      MutationObserver: class {
        observe(): void {
          return;
        }
      },
      SwaggerUIBundle: (given: SwaggerOptions) => {
        options = given;
        return { preauthorizeApiKey: (...credential: unknown[]) => shown.push(credential) };
      },
    };
    runInNewContext(script, page);
    const { authorize, logout } = options?.plugins[0]?.({}).statePlugins.auth.wrapActions ?? {};
    const pass = (given: unknown) => given;
    authorize?.(pass)({ apiKey: { value: 'sk_secret' } });
    expect(stored).toEqual({});
    options?.onComplete();
    expect(shown).toEqual([]);
    authorize?.(pass)({ bearer: { value: 'a.b.c' } });
    expect(Object.values(stored)).toEqual(['a.b.c']);
    options?.onComplete();
    expect(shown).toEqual([['bearer', 'a.b.c']]);
    logout?.(pass)(['apiKey']);
    expect(Object.values(stored)).toEqual(['a.b.c']);
    logout?.(pass)(['bearer']);
    expect(stored).toEqual({});
    expect(options?.persistAuthorization).toBe(false);
  });

  it.each(['swagger-ui.js.map', 'package.json', '..%2f..%2fpackage.json', 'constructor'])(
    'serves no other file: %s',
    async (name) => {
      const { status, headers } = await call(`${gateway.url}/docs/assets/${name}`);
      expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    },
  );

  it('requires a body only where a request without one is rejected', async () => {
    const { paths } = (await call(`${gateway.url}/docs/openapi.json`)).body as OpenAPIObject;
    const bodies = Object.entries(paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const body = item[method]?.requestBody;
        return body === undefined || '$ref' in body ? [] : [{ name: `${method} ${path}`, required: body.required }];
      }),
    );
    expect(bodies.filter(({ required }) => !required).map(({ name }) => name)).toEqual([
      'post /auth/verify-clerk-token',
      'patch /api/me',
      'post /api/keys/{id}/rotate',
      'post /admin/webhook-events/{id}/redrive',
      'post /admin/write-backs/retry',
      ...['items', 'templates', 'sessions'].flatMap((kind) => [
        `patch /api/${kind}/{id}`,
        `patch /admin/users/{id}/${kind}/{resourceId}`,
      ]),
    ]);
    expect(bodies.length).toBeGreaterThan(10);
    expect(JSON.stringify(paths)).not.toContain('x-empty-valid');
  });

  it('says what parameters mean, when to retry, and which problems only some routes have', async () => {
    const document = (await call(`${gateway.url}/docs/openapi.json`)).body as OpenAPIObject;
    const { paths } = document;
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      methods.flatMap((method) => (item[method] === undefined ? [] : [{ name: `${method} ${path}`, ...item[method] }])),
    );
    const named = (name: string) => operations.find((one) => one.name === name);
    for (const { responses } of operations) {
      expect(resolved(document, responses[429])).toMatchObject({
        headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
      });
    }
    expect(named('post /api/items')?.responses[403]).toMatchObject({
      description: expect.stringContaining('limit_reached'),
    });
    expect(named('post /api/uploads')?.responses[429]).toMatchObject({
      description: expect.stringContaining('quota_exceeded'),
    });
    expect(named('post /api/referral')?.responses[422]).toMatchObject({
      description: expect.stringContaining('referral_code_unknown'),
      content: {
        'application/problem+json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, expect.objectContaining({})] },
        },
      },
    });
  });

  it('describes every route with its schemas, problems and access', async () => {
    const { status, body } = await call(`${gateway.url}/docs/openapi.json`);
    expect(status).toBe(200);
    const document = body as OpenAPIObject;
    // Relative to `/docs/openapi.json`.
    expect(document.servers).toMatchObject([{ url: '..' }]);
    expect(document.components?.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => (item[method] === undefined ? [] : [{ name: `${method} ${path}`, ...item[method] }])),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'delete /admin/keys/{id}',
      'delete /admin/users/import/{id}',
      'delete /admin/users/{id}',
      'delete /admin/users/{id}/auth-sessions',
      'delete /admin/users/{id}/auth-sessions/{sessionId}',
      'delete /admin/users/{id}/items/{resourceId}',
      'delete /admin/users/{id}/quotas/{kind}/limit',
      'delete /admin/users/{id}/sessions/{resourceId}',
      'delete /admin/users/{id}/templates/{resourceId}',
      'delete /admin/webhook-events/payloads/{user}',
      'delete /api/auth-sessions',
      'delete /api/auth-sessions/{id}',
      'delete /api/items/{id}',
      'delete /api/keys/{id}',
      'delete /api/sessions/{id}',
      'delete /api/templates/{id}',
      'get /admin/audit',
      'get /admin/conflicts',
      'get /admin/gate',
      'get /admin/gate/explain',
      'get /admin/gateways',
      'get /admin/keys',
      'get /admin/metadata-collisions',
      'get /admin/reconcile',
      'get /admin/reconcile/{id}',
      'get /admin/reconcile/{id}/users',
      'get /admin/rejected-deliveries',
      'get /admin/stats',
      'get /admin/stats/series',
      'get /admin/users',
      'get /admin/users/import',
      'get /admin/users/import/{id}',
      'get /admin/users/import/{id}/rows',
      'get /admin/users/{id}',
      'get /admin/users/{id}/auth-sessions',
      'get /admin/users/{id}/explain',
      'get /admin/users/{id}/items',
      'get /admin/users/{id}/items/{resourceId}',
      'get /admin/users/{id}/quotas',
      'get /admin/users/{id}/quotas/{kind}/ledger',
      'get /admin/users/{id}/referrals',
      'get /admin/users/{id}/sessions',
      'get /admin/users/{id}/sessions/{resourceId}',
      'get /admin/users/{id}/templates',
      'get /admin/users/{id}/templates/{resourceId}',
      'get /admin/webhook-events',
      'get /admin/webhook-events/redrives',
      'get /admin/webhook-events/redrives/{id}',
      'get /admin/webhook-events/tail',
      'get /admin/webhook-events/{id}',
      'get /admin/write-backs',
      'get /api/auth-sessions',
      'get /api/clerk/syncUsers',
      'get /api/items',
      'get /api/items/{id}',
      'get /api/keys',
      'get /api/me',
      'get /api/me/export',
      'get /api/realtime',
      'get /api/referral',
      'get /api/scopes',
      'get /api/sessions',
      'get /api/sessions/{id}',
      'get /api/templates',
      'get /api/templates/{id}',
      'get /api/tokens',
      'get /api/uploads',
      'get /auth/explain',
      'get /auth/session',
      'patch /admin/users/import/{id}',
      'patch /admin/users/{id}/items/{resourceId}',
      'patch /admin/users/{id}/sessions/{resourceId}',
      'patch /admin/users/{id}/templates/{resourceId}',
      'patch /api/items/{id}',
      'patch /api/me',
      'patch /api/sessions/{id}',
      'patch /api/templates/{id}',
      'post /admin/metadata-collisions/leave',
      'post /admin/metadata-collisions/take',
      'post /admin/metadata-collisions/{id}/leave',
      'post /admin/metadata-collisions/{id}/take',
      'post /admin/reconcile',
      'post /admin/reconcile/{id}/approve',
      'post /admin/reconcile/{id}/undo',
      'post /admin/users',
      'post /admin/users/import',
      'post /admin/users/import/{id}/approve',
      'post /admin/users/import/{id}/undo',
      'post /admin/users/{id}/activate',
      'post /admin/users/{id}/deactivate',
      'post /admin/users/{id}/items',
      'post /admin/users/{id}/password-token',
      'post /admin/users/{id}/quotas/{kind}/grants',
      'post /admin/users/{id}/reactivate',
      'post /admin/users/{id}/sessions',
      'post /admin/users/{id}/sync',
      'post /admin/users/{id}/templates',
      'post /admin/webhook-events/redrive',
      'post /admin/webhook-events/{id}/redrive',
      'post /admin/write-backs/retry',
      'post /api/clerk/syncUsers',
      'post /api/items',
      'post /api/keys',
      'post /api/keys/{id}/rotate',
      'post /api/referral',
      'post /api/sessions',
      'post /api/templates',
      'post /api/tokens/consume',
      'post /api/tokens/reservations',
      'post /api/tokens/reservations/{id}/commit',
      'post /api/tokens/reservations/{id}/release',
      'post /api/uploads',
      'post /auth/login',
      'post /auth/logout',
      'post /auth/password',
      'post /auth/verify-clerk-token',
      'put /admin/users/{id}/quotas/{kind}/limit',
      'put /admin/users/{id}/role',
      'put /admin/users/{id}/stripe-customer',
      'put /admin/users/{id}/tier',
    ]);
    for (const operation of operations) {
      const access = Reflect.get(operation, 'x-gatehouse-access') as RouteAccess;
      expect(isComplete(access)).toBe(true);
      const { responses, security = [] } = operation;
      const problems = Object.keys(responses).filter((status) => Number(status) >= 400);
      expect(problems).toEqual(expect.arrayContaining(['400', '403', '429', '503']));
      expect(problems.includes('404')).toBe(operation.name.includes('{'));
      expect(problems.includes('409')).toBe(access.access !== 'public');
      const takesIfMatch = (operation.parameters ?? []).some((one) => 'name' in one && one.name === 'If-Match');
      expect(problems.includes('412')).toBe(takesIfMatch);
      expect(problems.includes('413') && problems.includes('415')).toBe(operation.requestBody !== undefined);
      expect(problems.includes('501')).toBe(
        ['post /auth/login', 'post /auth/verify-clerk-token'].includes(operation.name),
      );
      expect(problems.includes('401')).toBe(access.access !== 'public' || operation.operationId === 'logIn');
      expect(security.some((scheme) => 'bearer' in scheme)).toBe(access.access !== 'public');
      expect(security.some((scheme) => Object.keys(scheme).length === 0)).toBe(access.access === 'browser-session');
      const takesKeys = (access.access === 'user' || access.access === 'admin') && access.credential !== 'session';
      expect(security.some((scheme) => 'apiKey' in scheme)).toBe(takesKeys);
      if (access.access === 'browser-session' || operation.operationId === 'streamChanges') continue;
      expect(responses[200] ?? responses[201] ?? responses[202]).toMatchObject({
        content: { 'application/json': { schema: { $ref: expect.stringMatching(/^#\/components\/schemas\/\w+$/) } } },
      });
    }
    const needed = operations.flatMap((operation) => {
      const { access, permission, credential, scope } = Reflect.get(operation, 'x-gatehouse-access') as RouteAccess;
      const takesKeys = (access === 'user' || access === 'admin') && credential !== 'session';
      return takesKeys && scope !== 'none' ? [permission] : [];
    });
    // Scopes must list every permission that a key can use; otherwise no key could have it.
    expect(Object.keys(scopes).sort()).toEqual([...new Set(needed)].sort());
    expect(document.components?.schemas).toMatchObject({
      ApiKeyDraft: { properties: { scopes: { items: { type: 'string', pattern: expect.any(String) } } } },
      Problem: { required: expect.arrayContaining(['code', 'requestId']) },
      ProfilePatch: { properties: { city: expect.anything() }, additionalProperties: false },
    });
    const filters = document.paths['/admin/webhook-events']?.get?.parameters?.map((one) => 'name' in one && one.name);
    expect(filters?.sort()).toEqual(
      'correlationId cursor dead errorCode limit since status type until user webhookId'.split(' '),
    );
    expect(document.paths['/admin/webhook-events/{id}']?.get?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 256 } },
    ]);
  });
});
