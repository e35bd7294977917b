import { randomUUID } from 'node:crypto';
import {
  type EnvelopeClaims,
  acknowledgeTrustChanges,
  trustChangesSince,
  eraseUserData,
  eraseUserPayloads,
  findUser,
  gatewayRequests,
  leaseGateway,
  recordAudit,
  redriveEvents,
  resolvePrincipal,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { type OpenAPIObject } from '@nestjs/swagger';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const answered: unknown[] = [resolvePrincipal, recordAudit, redriveEvents, eraseUserPayloads, eraseUserData, findUser];
const ofChanges: unknown[] = [leaseGateway, acknowledgeTrustChanges, trustChangesSince];
const id = randomUUID();
const counts = { events: 2, bodies: 2, bytes: 9, mentions: 0, unresolved: 0, streamMessages: 2 };

let gateway: TestGateway;
const asked = new Map<string, EnvelopeClaims>();
let writing = true;
const audited: [unknown, EnvelopeClaims][] = [];

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, ingest, userData) => {
    for (const contract of gatewayRequests) {
      if (answered.includes(contract) || ofChanges.includes(contract)) continue;
      const [name] = contract.subject.split('.');
      const service = { 'user-sync': userSync, 'webhook-ingest': ingest, 'user-data': userData }[name ?? ''];
      service?.answer(contract, ({ envelope }) => {
        asked.set(envelope.rid, envelope);
        throw new RequestRefusedError('conflict', 'heard');
      });
    }
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId, { role: 'admin' }))
      .answer(recordAudit, ({ body, envelope }) => {
        if (!writing) throw new RequestRefusedError('unavailable', 'the database is unavailable');
        audited.push([body, envelope]);
        return {};
      });
    userSync.answer(findUser, ({ envelope }) => {
      asked.set(envelope.rid, envelope);
      return { userId: id, clerkUserId: 'user_gone', tier: 'free' as const };
    });
    userData.answer(eraseUserData, () => ({ at: new Date(0).toISOString(), rows: {}, complete: true }));
    ingest
      .answer(redriveEvents, ({ body: { dryRun }, envelope }) => {
        asked.set(envelope.rid, envelope);
        return { redriveId: dryRun ? null : id, dryRun, redriven: 1, skipped: 2, items: [], nextCursor: null };
      })
      .answer(eraseUserPayloads, ({ body: { clerkUserId }, envelope }) => {
        asked.set(envelope.rid, envelope);
        return { id, clerkUserId, at: new Date(0).toISOString(), ...counts, streamClearBy: null };
      });
  });
});

afterAll(() => gateway?.stop());
beforeEach(() => (audited.length = 0));

/** Request id of the client. */
const clientRequestId = 'one-of-many';

/** Calls a route as an admin, with a user agent, a request id and the header that continued uploads need. */
async function ask(method: string, path: string, body?: object | string) {
  const headers = {
    'user-agent': 'curl/8.7.1',
    'x-request-id': clientRequestId,
    'upload-offset': '0',
    ...(body && { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
  };
  const token = await mint(gateway.pair, 'user_admin', { claims: { jti: randomUUID() } });
  const init = { method, headers, ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }) };
  const answer = await call(`${gateway.url}${path}`, token, init);
  return { requestId: answer.headers.get('x-request-id') ?? '', ...answer };
}

/** Bodies of the routes that change something; a text is JSON Lines. */
const bodies: Record<string, object | string> = {
  'post /auth/login': { email: 'ada@example.com', password: 'correct horse battery' },
  'post /auth/password': { token: 'of one use', password: 'correct horse battery' },
  'post /auth/verify-clerk-token': {},
  'post /api/keys': { name: 'ci', scopes: ['*:*'] },
  'post /api/keys/{id}/rotate': {},
  'patch /api/me': { bio: 'I count' },
  'post /api/referral': { code: 'BP-7K0M1QXV2' },
  'post /admin/users': { email: 'ada@example.com' },
  'post /admin/users/import': '{"externalId":"1"}\n',
  'patch /admin/users/import/{id}': '{"externalId":"1"}\n',
  'put /admin/users/{id}/role': { role: 'user' },
  'put /admin/users/{id}/tier': { tier: 'pro' },
  'put /admin/users/{id}/stripe-customer': { stripeCustomerId: 'cus_1' },
  'post /admin/webhook-events/redrive': { filter: { status: 'failed' } },
  'post /api/tokens/consume': { amount: 1 },
  'post /api/tokens/reservations': { amount: 1 },
  'post /api/tokens/reservations/{id}/commit': { amount: 1 },
  'post /api/uploads': { name: 'a.pdf' },
  'post /admin/users/{id}/quotas/{kind}/grants': { amount: 1, reason: 'ticket 7' },
  'put /admin/users/{id}/quotas/{kind}/limit': { limit: 1 },
  'post /api/items': { title: 'a' },
  'patch /api/items/{id}': { title: 'a' },
  'post /api/templates': { name: 'a', body: 'b' },
  'patch /api/templates/{id}': { name: 'a', body: 'b' },
  'post /api/sessions': { name: 'a' },
  'patch /api/sessions/{id}': { name: 'a' },
  'post /admin/users/{id}/items': { title: 'a' },
  'patch /admin/users/{id}/items/{resourceId}': { title: 'a' },
  'post /admin/users/{id}/templates': { name: 'a', body: 'b' },
  'patch /admin/users/{id}/templates/{resourceId}': { name: 'a', body: 'b' },
  'post /admin/users/{id}/sessions': { name: 'a' },
  'patch /admin/users/{id}/sessions/{resourceId}': { name: 'a' },
  'post /admin/write-backs/retry': {},
  'post /admin/metadata-collisions/take': { ids: ['1'] },
  'post /admin/metadata-collisions/leave': { filter: { key: 'role' } },
};

it('every route that changes something passes the principal and the origin to the service', async () => {
  const document = (await call(`${gateway.url}/docs/openapi.json`)).body as OpenAPIObject;
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const).flatMap((method) =>
      item[method] === undefined ? [] : [[method, path] as const],
    ),
  );
  expect(routes.length).toBeGreaterThan(20);
  for (const [method, path] of routes) {
    const names = {
      user: 'user_gone',
      kind: 'tokens',
      sessionId: 'sess_1',
      id: path.includes('collisions') ? '1' : id,
    };
    const where = path.replace(/\{(\w+)\}/g, (_, name: string) => (names as Record<string, string>)[name] ?? id);
    const { requestId } = await ask(method.toUpperCase(), where, bodies[`${method} ${path}`]);
    expect([method, path, asked.get(requestId)?.origin]).toEqual([
      ...[method, path, { sourceIp: '127.0.0.1', userAgent: 'curl/8.7.1', clientRequestId }],
    ]);
  }
});

it('the origin ignores X-Forwarded-For of clients', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'a'.repeat(600), 'x-request-id': 'r-1' };
  const answer = await call(`${gateway.url}/api/me`, await mint(gateway.pair, 'user_admin'), { headers });
  expect(asked.get(answer.headers.get('x-request-id') ?? '')?.origin).toEqual({
    ...{ sourceIp: '127.0.0.1', userAgent: 'a'.repeat(512), clientRequestId: 'r-1' },
  });
});

describe('the audit log', () => {
  it('records a redrive', async () => {
    const { requestId, status } = await ask('POST', '/admin/webhook-events/msg_1/redrive');
    expect(status).toBe(200);
    expect(audited).toMatchObject([
      [
        { action: 'events.redrive', outcome: 'done', subject: id, details: { redriven: 1, skipped: 2 } },
        { rid: requestId, origin: { sourceIp: '127.0.0.1' }, principal: { clerkUserId: 'user_admin' } },
      ],
    ]);
  });

  it('records an erasure', async () => {
    const { requestId, status } = await ask('DELETE', '/admin/webhook-events/payloads/user_gone?force=true');
    expect(status).toBe(200);
    const details = { erasureId: id, events: 2, bodies: 2, force: true };
    expect(audited).toMatchObject([
      [
        { action: 'payloads.erase', outcome: 'done', subject: 'user_gone', details },
        { rid: requestId, origin: { sourceIp: '127.0.0.1' }, principal: { clerkUserId: 'user_admin' } },
      ],
    ]);
  });

  it('records nothing if nothing was done', async () => {
    expect(await ask('POST', '/admin/webhook-events/msg_1/redrive?dryRun=true')).toMatchObject({ status: 200 });
    expect(audited).toEqual([]);
  });

  it('does not delay a redrive while user-sync is unavailable, and gets the entry when it is back', async () => {
    writing = false;
    const { requestId, status } = await ask('DELETE', '/admin/webhook-events/payloads/user_gone');
    expect(status).toBe(200);
    expect(gateway.logs()).toContain('audit entry queued');
    expect(await gateway.metrics()).toContain('gatehouse_gateway_audit_entries_waiting 1');
    writing = true;
    await eventually(() => audited.length > 0);
    expect(audited).toMatchObject([
      [
        { action: 'payloads.erase', subject: 'user_gone' },
        { rid: requestId, origin: { userAgent: 'curl/8.7.1' } },
      ],
    ]);
    await eventually(async () =>
      expect(await gateway.metrics()).toContain('gatehouse_gateway_audit_entries_waiting 0'),
    );
  });
});
