import { scopes } from '@gatehouse/contracts';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type RouteAccess, isComplete } from '../src/access/access';
import { call } from './support/call';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ PUBLIC_URL: 'https://api.example.com' });
});
afterAll(() => gateway?.stop());

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

describe('the documentation', () => {
  it('is a page whose files are all served by the gateway', async () => {
    const { status, body, headers } = await call(`${gateway.url}/docs`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(body).not.toMatch(/https?:|<script>/);
    const links = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links).toHaveLength(4);
    for (const link of links) {
      const part = await fetch(new URL(link, `${gateway.url}/docs`));
      expect([part.status, (await part.arrayBuffer()).byteLength > 100]).toEqual([200, true]);
      expect(part.headers.get('content-type')).toMatch(/^(text\/(css|javascript); charset=utf-8|image\/png)$/);
      expect(part.headers.get('cache-control')).toBe('public, max-age=3600');
    }
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
    ]);
    expect(bodies.length).toBeGreaterThan(10);
    expect(JSON.stringify(paths)).not.toContain('x-empty-valid');
  });

  it('describes every route with its schemas, problems and access', async () => {
    const { status, body } = await call(`${gateway.url}/docs/openapi.json`);
    expect(status).toBe(200);
    const document = body as OpenAPIObject;
    expect(document.servers).toEqual([{ url: 'https://api.example.com' }]);
    expect(document.components?.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => (item[method] === undefined ? [] : [{ name: `${method} ${path}`, ...item[method] }])),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'delete /admin/keys/{id}',
      'delete /admin/webhook-events/payloads/{user}',
      'delete /api/keys/{id}',
      'get /admin/audit',
      'get /admin/conflicts',
      'get /admin/keys',
      'get /admin/metadata-collisions',
      'get /admin/reconcile',
      'get /admin/reconcile/{id}',
      'get /admin/stats',
      'get /admin/users',
      'get /admin/users/{id}',
      'get /admin/users/{id}/explain',
      'get /admin/webhook-events',
      'get /admin/webhook-events/redrives',
      'get /admin/webhook-events/redrives/{id}',
      'get /admin/webhook-events/{id}',
      'get /admin/write-backs',
      'get /api/clerk/syncUsers',
      'get /api/keys',
      'get /api/me',
      'get /api/scopes',
      'get /auth/explain',
      'get /auth/session',
      'patch /api/me',
      'post /admin/metadata-collisions/leave',
      'post /admin/metadata-collisions/take',
      'post /admin/metadata-collisions/{id}/leave',
      'post /admin/metadata-collisions/{id}/take',
      'post /admin/reconcile',
      'post /admin/reconcile/{id}/approve',
      'post /admin/reconcile/{id}/undo',
      'post /admin/users',
      'post /admin/users/{id}/activate',
      'post /admin/users/{id}/deactivate',
      'post /admin/users/{id}/password-token',
      'post /admin/users/{id}/sync',
      'post /admin/webhook-events/redrive',
      'post /admin/webhook-events/{id}/redrive',
      'post /admin/write-backs/retry',
      'post /api/clerk/syncUsers',
      'post /api/keys',
      'post /api/keys/{id}/rotate',
      'post /auth/login',
      'post /auth/logout',
      'post /auth/password',
      'post /auth/verify-clerk-token',
      'put /admin/users/{id}/role',
      'put /admin/users/{id}/tier',
    ]);
    for (const operation of operations) {
      const access = Reflect.get(operation, 'x-gatehouse-access') as RouteAccess;
      expect(isComplete(access)).toBe(true);
      const { responses, security = [] } = operation;
      expect(responses[401]).toMatchObject({
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      });
      const problems = Object.keys(responses).filter((status) => Number(status) >= 400);
      expect(problems).toEqual(expect.arrayContaining(['400', '403', '429', '503']));
      expect(problems.includes('404')).toBe(operation.name.includes('{'));
      expect(problems.includes('409')).toBe(access.access !== 'public');
      expect(problems.includes('413') && problems.includes('415')).toBe(operation.requestBody !== undefined);
      expect(problems.includes('501')).toBe(
        ['post /auth/login', 'post /auth/verify-clerk-token'].includes(operation.name),
      );
      const open = access.access === 'public' || access.access === 'browser-session';
      expect(security.some((scheme) => 'bearer' in scheme)).toBe(!open);
      const takesKeys = (access.access === 'user' || access.access === 'admin') && access.credential !== 'session';
      expect(security.some((scheme) => 'apiKey' in scheme)).toBe(takesKeys);
      if (access.access === 'browser-session') continue;
      expect(responses[200] ?? responses[201] ?? responses[202]).toMatchObject({
        content: { 'application/json': { schema: { type: 'object', properties: expect.anything() } } },
      });
    }
    const needed = operations.flatMap((operation) => {
      const { access, permission, credential, scope } = Reflect.get(operation, 'x-gatehouse-access') as RouteAccess;
      const takesKeys = (access === 'user' || access === 'admin') && credential !== 'session';
      return takesKeys && scope !== 'none' ? [permission] : [];
    });
    // Scopes must list every permission that a key can use; otherwise no key could have it.
    expect(Object.keys(scopes).sort()).toEqual([...new Set(needed)].sort());
    expect(document.paths['/api/keys']?.post?.requestBody).toMatchObject({
      content: {
        'application/json': {
          schema: { properties: { scopes: { items: { enum: expect.arrayContaining(['profile:read', '*:*']) } } } },
        },
      },
    });
    expect(document.components?.schemas?.Problem).toMatchObject({
      required: expect.arrayContaining(['code', 'requestId']),
    });
    expect(document.paths['/api/me']?.patch?.requestBody).toMatchObject({
      content: {
        'application/json': { schema: { properties: { city: expect.anything() }, additionalProperties: false } },
      },
    });
    const filters = document.paths['/admin/webhook-events']?.get?.parameters?.map((one) => 'name' in one && one.name);
    expect(filters?.sort()).toEqual(['cursor', 'limit', 'status', 'type', 'user']);
    expect(document.paths['/admin/webhook-events/{id}']?.get?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 256 } },
    ]);
  });
});
