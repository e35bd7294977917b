import { randomUUID } from 'node:crypto';
import {
  type MetadataCollision,
  type UserConflict,
  type WriteBack,
  deleteUser,
  eraseUserData,
  eraseUserPayloads,
  findUser,
  decideMetadataCollision,
  decideMetadataCollisions,
  getWebhookEvent,
  listChangedUsers,
  listMetadataCollisions,
  listUserConflicts,
  listUsers,
  listWebhookEvents,
  listWriteBacks,
  redriveEvents,
  resolvePrincipal,
  retryWriteBacks,
  searchUsers,
  setStripeCustomer,
  showUser,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { sampleAdminUser, sampleEvent, sampleEventDetail, samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const at = '2026-09-21T14:13:20.000Z';
const sampleConflict: UserConflict = {
  ...{ id: '7', kind: 'email', claimant: 'user_2', holder: 'user_1', reason: 'Clerk shows two users with the address' },
  ...{ detectedAt: at, resolvedAt: null },
};
const sampleWriteBack: WriteBack = {
  ...{ userId: randomUUID(), clerkUserId: 'user_1', state: 'dead', reason: 'role', retryCount: 1, owedAt: at },
  ...{ dueAt: null, writtenAt: null, error: { code: 'CLERK_REQUEST_FAILED', message: 'Clerk answered 422' } },
};

const known = randomUUID();
const sampleCollision: MetadataCollision = {
  ...{ id: '9', userId: randomUUID(), clerkUserId: 'user_1', key: 'role', clerkValue: '["editor"]', ourValue: 'user' },
  ...{ state: 'open', detectedAt: at, decidedAt: null, endedAt: null },
};

let gateway: TestGateway;
let admin: string;
let isUserDataUp = true;
const heard: { subject: string; body: unknown; role: string | undefined; rid: string }[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, ingest, userData) => {
    const hear = (
      subject: string,
      { body, envelope }: { body: unknown; envelope: { principal: { role: string } | null; rid: string } },
    ) => heard.push({ subject, body, role: envelope.principal?.role, rid: envelope.rid });
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => {
        const role = clerkUserId === 'user_admin' ? 'admin' : clerkUserId === 'user_dev' ? 'developer' : 'user';
        return samplePrincipal(clerkUserId, { role });
      })
      .answer(listUsers, (request) => {
        hear('users', request);
        return { items: [sampleAdminUser(randomUUID(), 'user_1')], nextCursor: null };
      })
      .answer(searchUsers, (request) => {
        hear('search', request);
        return { items: [sampleAdminUser(randomUUID(), 'user_1')], nextCursor: null };
      })
      .answer(listChangedUsers, (request) => {
        hear('changed', request);
        return { items: [sampleAdminUser(randomUUID(), 'user_1')], nextCursor: null, nextUpdatedSince: at };
      })
      .answer(setStripeCustomer, (request) => {
        hear('stripe', request);
        return { user: sampleAdminUser(randomUUID(), 'user_1') };
      })
      .answer(showUser, (request) => {
        hear('user', request);
        return sampleAdminUser(randomUUID(), 'user_1');
      })
      .answer(findUser, (request) => {
        hear('find', request);
        const { user } = request.body;
        if (user === 'nobody@example.com') throw new RequestRefusedError('not_found', 'there is no such user');
        if (user === 'two@example.com') throw new RequestRefusedError('user_ambiguous', 'several users: a, b');
        return { userId: known, clerkUserId: user === 'local@example.com' ? null : 'user_1' };
      })
      .answer(deleteUser, (request) => {
        hear('delete', request);
        if (request.body.userId === 'user_1') throw new RequestRefusedError('conflict', 'Delete it at Clerk.');
        return { user: sampleAdminUser(known, null), propagation: null };
      })
      .answer(listUserConflicts, (request) => {
        hear('conflicts', request);
        return { items: [sampleConflict], nextCursor: '7' };
      })
      .answer(listWriteBacks, (request) => {
        hear('write-backs', request);
        return { items: [sampleWriteBack], nextCursor: null };
      })
      .answer(retryWriteBacks, (request) => {
        hear('retry', request);
        return { retried: 1 };
      })
      .answer(listMetadataCollisions, (request) => {
        hear('collisions', request);
        return { items: [sampleCollision], nextCursor: '9' };
      })
      .answer(decideMetadataCollision, (request) => {
        hear('decide-one', request);
        return { ...sampleCollision, state: 'taking' };
      })
      .answer(decideMetadataCollisions, (request) => {
        hear('decide', request);
        return { matched: 3, decided: 0, remaining: 3, dryRun: request.body.dryRun };
      });
    userData.answer(eraseUserData, (request) => {
      hear('erase-data', request);
      if (!isUserDataUp) throw new RequestRefusedError('unavailable', 'the database is unavailable');
      return { at, rows: { items: 2 }, complete: true };
    });
    ingest
      .answer(redriveEvents, (request) => {
        hear('redrive', request);
        return { redriveId: null, dryRun: true, redriven: 0, skipped: 0, items: [], nextCursor: null };
      })
      .answer(eraseUserPayloads, (request) => {
        hear('erase', request);
        throw new RequestRefusedError('conflict', 'heard');
      })
      .answer(listWebhookEvents, (request) => {
        hear('events', request);
        return { items: [sampleEvent], nextCursor: 'next' };
      })
      .answer(getWebhookEvent, (request) => {
        hear('event', request);
        if (request.body.id === 'msg_none') throw new RequestRefusedError('not_found', 'no such event');
        return sampleEventDetail;
      });
  });
});

afterAll(() => gateway?.stop());
beforeEach(async () => {
  heard.length = 0;
  isUserDataUp = true;
  admin = await mint(gateway.pair, 'user_admin');
});

const get = (path: string, token: string, init?: RequestInit) => call(`${gateway.url}${path}`, token, init);

describe('the admin routes', () => {
  it.each([
    '/admin/webhook-events',
    '/admin/webhook-events/msg_1',
    '/admin/users',
    '/admin/conflicts',
    '/admin/write-backs',
    '/admin/metadata-collisions',
  ])('%s reject users and developers without asking a service, even if their token claims a role', async (path) => {
    for (const user of ['user_plain', 'user_dev']) {
      const token = await mint(gateway.pair, user, { claims: { metadata: { role: 'admin' }, role: 'admin' } });
      const { status, body } = await get(path, token);
      expect([status, body.code]).toEqual([403, 'role_insufficient']);
    }
    expect(await get(path, '')).toMatchObject({ status: 400 });
    expect(heard).toEqual([]);
  });

  it('list webhook events by filter, with the principal of the admin and our request id', async () => {
    const query = 'status=failed&type=user.created&user=user_1&limit=7&cursor=abc';
    const answer = await get(`/admin/webhook-events?${query}`, admin, { headers: { 'x-request-id': 'r-1' } });
    expect([answer.status, answer.body]).toEqual([200, { items: [sampleEvent], nextCursor: 'next' }]);
    const body = { status: 'failed', type: 'user.created', clerkUserId: 'user_1', limit: 7, cursor: 'abc' };
    expect(heard).toEqual([{ subject: 'events', body, role: 'admin', rid: answer.headers.get('x-request-id') }]);
  });

  it('show a webhook event, or 404', async () => {
    expect(await get('/admin/webhook-events/msg_1', admin)).toMatchObject({ status: 200, body: sampleEventDetail });
    const none = await get('/admin/webhook-events/msg_none', admin);
    expect([none.status, none.body.code, none.body.detail]).toEqual([404, 'not_found', 'no such event']);
  });

  it('list users by filter', async () => {
    const { status, body } = await get('/admin/users?email=a%40b.example&deleted=true&role=admin', admin);
    expect([status, body.items]).toMatchObject([200, [{ clerkUserId: 'user_1', isSynced: true }]]);
    expect(heard[0]?.body).toEqual({ email: 'a@b.example', deleted: true, role: 'admin', limit: 50 });
  });

  it('list conflicts in pages, by default only open ones', async () => {
    const answer = await get('/admin/conflicts?limit=1&cursor=9', admin);
    expect([answer.status, answer.body]).toEqual([200, { items: [sampleConflict], nextCursor: '7' }]);
    await get('/admin/conflicts?state=resolved&kind=phone', admin);
    expect(heard.map(({ body }) => body)).toEqual([
      { state: 'open', limit: 1, cursor: '9' },
      { state: 'resolved', kind: 'phone', limit: 50 },
    ]);
  });

  it('list write-backs by state, and retry dead ones', async () => {
    const answer = await get('/admin/write-backs?state=dead', admin);
    expect([answer.status, answer.body]).toEqual([200, { items: [sampleWriteBack], nextCursor: null }]);
    const retry = (body: object) =>
      get('/admin/write-backs/retry', admin, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const { userId } = sampleWriteBack;
    expect(await retry({ userIds: [userId] })).toMatchObject({ status: 200, body: { retried: 1 } });
    expect(await retry({})).toMatchObject({ status: 200 });
    expect(await retry({ userIds: [] })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(heard.map(({ body }) => body)).toEqual([{ state: 'dead', limit: 50 }, { userIds: [userId] }, {}]);
  });

  it('pass on ids in lower case and percent-encoded addresses', async () => {
    await get(`/admin/users/${known.toUpperCase()}`, admin);
    await get('/admin/users/user_1', admin);
    await get(`/admin/users/${encodeURIComponent('Ada+test@example.com')}`, admin);
    expect(heard.map(({ body }) => body)).toEqual([
      { userId: known },
      { userId: 'user_1' },
      { userId: 'Ada+test@example.com' },
    ]);
  });

  it('delete a local user, and then what it owns', async () => {
    const { status, body } = await get('/admin/users/local@example.com', admin, { method: 'DELETE' });
    expect([status, body.userData]).toEqual([200, { at, rows: { items: 2 }, complete: true }]);
    expect(heard.map((one) => [one.subject, one.body])).toEqual([
      ['delete', { userId: 'local@example.com' }],
      ['erase-data', { userId: known }],
    ]);
  });

  it('answer the deletion of a user although user-data is unavailable, and say that its data is left', async () => {
    isUserDataUp = false;
    const { status, body } = await get(`/admin/users/${known}`, admin, { method: 'DELETE' });
    expect([status, body.user.id, body.userData]).toEqual([200, known, null]);
  });

  it('erase nothing of a Clerk user, who is deleted at Clerk', async () => {
    const { status, body } = await get('/admin/users/user_1', admin, { method: 'DELETE' });
    expect([status, body.code, body.detail]).toEqual([409, 'conflict', 'Delete it at Clerk.']);
    expect(heard.map(({ subject }) => subject)).toEqual(['delete']);
  });

  it('translate user ids and addresses to Clerk ids for the ledger', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = (filter: object) => ({ ...json, body: JSON.stringify({ filter, dryRun: true }) });
    const about = { clerkUserId: 'user_1' };
    for (const user of [known.toUpperCase(), 'ada@example.com']) {
      heard.length = 0;
      await get(`/admin/webhook-events?user=${encodeURIComponent(user)}`, admin);
      await get('/admin/webhook-events/redrive', admin, body({ user }));
      await get(`/admin/webhook-events/payloads/${encodeURIComponent(user)}`, admin, { method: 'DELETE' });
      expect(heard.filter(({ subject }) => subject !== 'find').map((one) => [one.subject, one.body])).toEqual([
        ['events', { ...about, limit: 50 }],
        ['redrive', { filter: about, dryRun: true, limit: 100 }],
        ['erase', { ...about, force: false }],
      ]);
      expect(heard).toHaveLength(6);
    }
    heard.length = 0;
    await get('/admin/webhook-events?user=user_1', admin);
    expect(heard.map(({ subject }) => subject)).toEqual(['events']);
  });

  it.each([
    ['nobody@example.com', 404, 'not_found'],
    ['two@example.com', 409, 'user_ambiguous'],
    ['local@example.com', 409, 'conflict'],
  ])('do not query the ledger for %s', async (user, status, code) => {
    const answer = await get(`/admin/webhook-events?user=${user}`, admin);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(heard.map(({ subject }) => subject)).toEqual(['find']);
  });

  it.each([
    ['GET', '/admin/users/user_', 'path', 'id'],
    ['GET', '/admin/users/a%00@example.com', 'path', 'id'],
    ['PUT', '/admin/users/nobody/role', 'path', 'id'],
    ['POST', '/admin/users/1/sync', 'path', 'id'],
    ['GET', '/admin/users/1/explain', 'path', 'id'],
    ['GET', '/admin/users/user_1/explain?limit=0', 'query', 'limit'],
    ['DELETE', '/admin/webhook-events/payloads/ada', 'path', 'user'],
    ['DELETE', '/admin/keys/1', 'path', 'id'],
    ['POST', '/api/keys/1/rotate', 'path', 'id'],
    ['GET', '/admin/reconcile/1', 'path', 'id'],
    ['GET', '/admin/webhook-events?user=ada', 'query', 'user'],
    ['GET', '/admin/audit?userId=ada', 'query', 'userId'],
    ['GET', '/admin/audit?user=ada', 'query', 'user'],
    ['GET', '/admin/keys?userId=ada', 'query', 'userId'],
    ['POST', '/admin/write-backs/retry', 'body', 'userIds.0'],
    ['POST', '/admin/webhook-events/redrive', 'body', 'filter.user'],
  ])('name the invalid field and its place for %s %s', async (method, path, place, field) => {
    const bodies: Record<string, object> = {
      '/admin/users/nobody/role': { role: 'user' },
      '/api/keys/1/rotate': {},
      '/admin/write-backs/retry': { userIds: ['ada'] },
      '/admin/webhook-events/redrive': { filter: { user: 'ada' } },
    };
    const body = bodies[path];
    const { status, body: problem } = await get(path, admin, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    expect([status, problem.code]).toEqual([400, 'invalid_request']);
    expect(problem.errors).toEqual([{ in: place, field, message: expect.any(String) }]);
    expect(JSON.stringify(problem)).not.toContain('"ada"');
    expect(heard).toEqual([]);
  });

  it('explain what identifies a user if the path does not', async () => {
    const { body } = await get('/admin/users/ada', admin);
    expect(body.errors[0].message).toBe(
      'must be a user id (a UUID), a Clerk user id (user_…), an e-mail address or a phone number (+…; in a query, write + as %2B)',
    );
  });

  it('list users by the filters that earlier releases of user-sync know, and search by others', async () => {
    expect(await get('/admin/users?role=admin&limit=2', admin)).toMatchObject({ status: 200 });
    expect(await get('/admin/users?role=admin&q=%20ada%20&active=false', admin)).toMatchObject({ status: 200 });
    expect(heard.map(({ subject, body }) => [subject, body])).toEqual([
      ['users', { role: 'admin', limit: 2 }],
      ['search', { role: 'admin', q: 'ada', active: false, limit: 50 }],
    ]);
  });

  it('list users who were changed since a moment, together with other filters', async () => {
    const since = encodeURIComponent('2026-01-01T05:30:00+05:30');
    const { status, body } = await get(`/admin/users?updatedSince=${since}&role=admin&cursor=c`, admin);
    expect([status, body.nextUpdatedSince]).toEqual([200, at]);
    const updatedSince = '2026-01-01T00:00:00.000Z';
    expect(heard.map((one) => [one.subject, one.body])).toEqual([
      ['changed', { updatedSince, role: 'admin', limit: 50, cursor: 'c' }],
    ]);
  });

  it('set and remove the Stripe customer id of a user', async () => {
    const put = (body: object) => {
      const headers = { 'content-type': 'application/json' };
      return get('/admin/users/user_1/stripe-customer', admin, { method: 'PUT', headers, body: JSON.stringify(body) });
    };
    expect(await put({ stripeCustomerId: 'cus_1' })).toMatchObject({ status: 200 });
    expect(await put({ stripeCustomerId: null })).toMatchObject({ status: 200 });
    expect(await put({})).toMatchObject({ status: 400 });
    expect(heard.map(({ body }) => body)).toEqual([
      { userId: 'user_1', stripeCustomerId: 'cus_1' },
      { userId: 'user_1', stripeCustomerId: null },
    ]);
  });

  it('reject limits that are set with the tier, and name the route that sets them', async () => {
    const body = { tier: 'enterprise', tokensMonthlyLimit: 7, uploadsMonthlyLimit: 3 };
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PUT', headers, body: JSON.stringify(body) };
    const { status, body: problem } = await get('/admin/users/user_1/tier', admin, init);
    expect([status, problem.code]).toEqual([400, 'invalid_request']);
    const message = (kind: string) => `is not set with the tier: use PUT /admin/users/:id/quotas/${kind}/limit`;
    expect(problem.errors).toEqual([
      { in: 'body', field: 'tokensMonthlyLimit', message: message('tokens') },
      { in: 'body', field: 'uploadsMonthlyLimit', message: message('uploads') },
    ]);
  });

  it('list metadata collisions, and pass on the decision of an admin', async () => {
    const post = (path: string, body?: object) =>
      get(`/admin/metadata-collisions/${path}`, admin, {
        method: 'POST',
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    const listed = await get('/admin/metadata-collisions?key=role&limit=1', admin);
    expect([listed.status, listed.body]).toEqual([200, { items: [sampleCollision], nextCursor: '9' }]);
    expect(await post('9/take')).toMatchObject({ status: 200, body: { state: 'taking' } });
    expect(await post('9/leave')).toMatchObject({ status: 200 });
    const filter = { key: 'role', value: { b: [1], a: null } };
    expect(await post('take', { filter, dryRun: true })).toMatchObject({ status: 200, body: { matched: 3 } });
    expect(await post('leave', { ids: ['9'] })).toMatchObject({ status: 200 });
    expect(heard.map(({ body }) => body)).toEqual([
      { state: 'open', key: 'role', limit: 1 },
      { id: '9', decision: 'take' },
      { id: '9', decision: 'leave' },
      { filter, dryRun: true, decision: 'take' },
      { ids: ['9'], dryRun: false, decision: 'leave' },
    ]);
  });

  it.each([
    {},
    { ids: [] },
    { ids: ['9'], filter: { key: 'role' } },
    { ids: ['x'] },
    { filter: {} },
    { filter: { key: 'role', values: [] } },
    { ids: ['9'], decision: 'leave' },
    { filter: { key: 'role' }, dryrun: true },
  ])('reject the bulk decision %j', async (body) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await get('/admin/metadata-collisions/take', admin, init);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(heard).toEqual([]);
  });

  it.each([
    ['/admin/conflicts?state=closed&kind=name', ['kind', 'state']],
    ['/admin/write-backs?state=lost', ['state']],
    ['/admin/metadata-collisions?state=closed&kez=role', ['kez', 'state']],
    ['/admin/webhook-events?statsu=failed&limit=0', ['limit', 'statsu']],
    ['/admin/webhook-events?status=nonsense', ['status']],
    ['/admin/webhook-events?limit=1&limit=2', ['limit']],
    ['/admin/users?role=root&deleted=maybe', ['deleted', 'role']],
  ])('reject %s and name the fields', async (path, fields) => {
    const { status, body } = await get(path, admin);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
    expect(heard).toEqual([]);
  });
});
