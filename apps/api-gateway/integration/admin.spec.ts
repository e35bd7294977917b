import { randomUUID } from 'node:crypto';
import {
  type UserConflict,
  type WriteBack,
  getWebhookEvent,
  listUserConflicts,
  listUsers,
  listWebhookEvents,
  listWriteBacks,
  resolvePrincipal,
  retryWriteBacks,
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

let gateway: TestGateway;
let admin: string;
const heard: { subject: string; body: unknown; role: string | undefined; rid: string }[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, ingest) => {
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
      });
    ingest
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
  ])('%s refuse users and developers, whatever role their token claims, and ask nobody', async (path) => {
    for (const user of ['user_plain', 'user_dev']) {
      const token = await mint(gateway.pair, user, { claims: { metadata: { role: 'admin' }, role: 'admin' } });
      const { status, body } = await get(path, token);
      expect([status, body.code]).toEqual([403, 'role_insufficient']);
    }
    expect(await get(path, '')).toMatchObject({ status: 400 });
    expect(heard).toEqual([]);
  });

  it('list webhook events by filter, in the name of the admin, under the id of the request', async () => {
    const query = 'status=failed&type=user.created&clerkUserId=user_1&limit=7&cursor=abc';
    const answer = await get(`/admin/webhook-events?${query}`, admin, { headers: { 'x-request-id': 'r-1' } });
    expect([answer.status, answer.body]).toEqual([200, { items: [sampleEvent], nextCursor: 'next' }]);
    const body = { status: 'failed', type: 'user.created', clerkUserId: 'user_1', limit: 7, cursor: 'abc' };
    expect(heard).toEqual([{ subject: 'events', body, role: 'admin', rid: 'r-1' }]);
  });

  it('show one webhook event, or say that there is none', async () => {
    expect(await get('/admin/webhook-events/msg_1', admin)).toMatchObject({ status: 200, body: sampleEventDetail });
    const none = await get('/admin/webhook-events/msg_none', admin);
    expect([none.status, none.body.code, none.body.detail]).toEqual([404, 'not_found', 'no such event']);
  });

  it('list users by filter', async () => {
    const { status, body } = await get('/admin/users?email=a%40b.example&deleted=true&role=admin', admin);
    expect([status, body.items]).toMatchObject([200, [{ clerkUserId: 'user_1', isSynced: true }]]);
    expect(heard[0]?.body).toEqual({ email: 'a@b.example', deleted: true, role: 'admin', limit: 50 });
  });

  it('list conflicts, open ones unless asked otherwise, page by page', async () => {
    const answer = await get('/admin/conflicts?limit=1&cursor=9', admin);
    expect([answer.status, answer.body]).toEqual([200, { items: [sampleConflict], nextCursor: '7' }]);
    await get('/admin/conflicts?state=resolved&kind=phone', admin);
    expect(heard.map(({ body }) => body)).toEqual([
      { state: 'open', limit: 1, cursor: '9' },
      { state: 'resolved', kind: 'phone', limit: 50 },
    ]);
  });

  it('list write-backs by state, and begin dead ones anew', async () => {
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

  it.each([
    ['/admin/conflicts?state=closed&kind=name', ['kind', 'state']],
    ['/admin/write-backs?state=lost', ['state']],
    ['/admin/webhook-events?statsu=failed&limit=0', ['limit', 'statsu']],
    ['/admin/webhook-events?status=nonsense', ['status']],
    ['/admin/webhook-events?limit=1&limit=2', ['limit']],
    ['/admin/users?role=root&deleted=maybe', ['deleted', 'role']],
  ])('refuse %s and name the fields', async (path, fields) => {
    const { status, body } = await get(path, admin);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
    expect(heard).toEqual([]);
  });
});
