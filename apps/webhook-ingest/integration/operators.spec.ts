import {
  exportWebhookEvents,
  getWebhookEvent,
  listRejectedDeliveries,
  listWebhookEvents,
  tailWebhookEvents,
  type Principal,
} from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { type Ingest, IngestHarness, deliver, fixture, newId, userCreated } from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;
let gateway: RequestClient;

const principal = (role: Principal['role']): Principal => ({
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_admin',
  method: 'clerk_session',
  role,
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
});
const admin = { principal: principal('admin'), requestId: 'request-1' };

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start();
  gateway = harness.requests();
  await eventually(() => gateway.send(listWebhookEvents, {}, admin));
});

afterAll(() => harness.dispose());

describe('the list of events', () => {
  it('shows every row once, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const id = newId();
      await deliver(ingest.url, userCreated(`user_list${n}`), { id });
      ids.unshift(id);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await gateway.send(listWebhookEvents, { limit: 3, ...(cursor ? { cursor } : {}) }, admin);
      seen.push(...page.items.map(({ webhookId }) => webhookId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it('filters by status, type and user', async () => {
    await deliver(ingest.url, Buffer.from('{"type":"role.created","data":{}}'));
    await deliver(ingest.url, userCreated('user_wanted'));
    const types = async (filter: object) =>
      (await gateway.send(listWebhookEvents, filter, admin)).items.map(({ eventType }) => eventType);
    expect(await types({ status: 'ignored' })).toEqual(['role.created']);
    expect(await types({ type: 'role.created' })).toEqual(['role.created']);
    expect(await types({ clerkUserId: 'user_wanted' })).toEqual(['user.created']);
    expect(await types({ clerkUserId: 'user_nobody' })).toEqual([]);
  });

  it('filters by webhook id, correlation id, error code and time, and finds dead events', async () => {
    const ids = { dead: newId(), retried: newId(), erased: newId() };
    for (const id of Object.values(ids)) await deliver(ingest.url, userCreated('user_failing'), { id });
    const fail = (id: string, code: string, nextRetryAt: string | null) =>
      harness.sql<{ correlation_id: string }>(
        `UPDATE webhook_events SET status = 'failed', error_details = jsonb_build_object('code', $2::text),
           next_retry_at = $3, published_at = coalesce(published_at, now()) WHERE webhook_id = $1 RETURNING correlation_id`,
        [id, code, nextRetryAt],
      );
    const [dead] = await fail(ids.dead, 'EMAIL_TAKEN', null);
    await fail(ids.retried, 'EMAIL_TAKEN', '2999-01-01T00:00:00Z');
    await fail(ids.erased, 'erased', null);
    const found = async (filter: object) =>
      (await gateway.send(listWebhookEvents, filter, admin)).items.map(({ webhookId }) => webhookId);
    expect(await found({ webhookId: ids.erased })).toEqual([ids.erased]);
    expect(await found({ correlationId: dead?.correlation_id })).toEqual([ids.dead]);
    expect(await found({ errorCode: 'EMAIL_TAKEN' })).toEqual([ids.retried, ids.dead]);
    expect(await found({ dead: true })).toEqual([ids.dead]);
    expect(await found({ dead: false, status: 'failed' })).toEqual([ids.erased, ids.retried]);
    expect(await found({ since: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ until: '2001-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ webhookId: ids.dead, since: '2001-01-01T00:00:00Z', until: '2999-01-01T00:00:00Z' })).toEqual([
      ids.dead,
    ]);
  });

  it.each(['garbage', '!!', ...['"0"', '"1\'--"', '1:1'].map((key) => Buffer.from(key).toString('base64url'))])(
    'rejects the cursor %p',
    async (cursor) => {
      await expect(gateway.send(listWebhookEvents, { cursor }, admin)).rejects.toMatchObject({
        reason: 'invalid_request',
      });
    },
  );
});

it('deliveries that were rejected are listed with the reason, newest first, page by page', async () => {
  const ids = [newId(), newId(), newId()];
  const forged = { 'svix-signature': 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
  for (const id of ids) await deliver(ingest.url, userCreated('user_forged'), { id, headers: forged });
  const list = (filter: object) => gateway.send(listRejectedDeliveries, filter, admin);
  // They are recorded after the response.
  await eventually(async () => expect((await list({})).items).toHaveLength(3));
  const first = await list({ limit: 2, reason: 'signature_mismatch' });
  expect(first.items.map(({ webhookId }) => webhookId)).toEqual([ids[2], ids[1]]);
  expect(first.items[0]).toMatchObject({ sourceIp: '127.0.0.1', bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const second = await list({ limit: 2, reason: 'signature_mismatch', cursor: first.nextCursor ?? '' });
  expect(second).toMatchObject({ items: [{ webhookId: ids[0] }], nextCursor: null });
  expect((await list({ webhookId: ids[1] })).items).toMatchObject([{ webhookId: ids[1] }]);
  expect((await list({ reason: 'overloaded' })).items).toEqual([]);
  expect((await list({ since: '2999-01-01T00:00:00Z' })).items).toEqual([]);
});

describe('one event', () => {
  it('is shown with its payload by its id and by its webhook id', async () => {
    const id = newId();
    await deliver(ingest.url, fixture('user.deleted'), { id, headers: { 'user-agent': 'Svix-Webhooks/1' } });
    const shown = await gateway.send(getWebhookEvent, { id }, admin);
    expect(shown).toMatchObject({
      webhookId: id,
      eventType: 'user.deleted',
      clerkUserId: 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1',
      instanceId: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
      occurredAt: new Date(1_790_000_090_000).toISOString(),
      sourceIp: '127.0.0.1',
      userAgent: 'Svix-Webhooks/1',
      payload: JSON.parse(fixture('user.deleted').toString()),
    });
    expect(await gateway.send(getWebhookEvent, { id: shown.id }, admin)).toMatchObject({ webhookId: id });
  });

  it.each([
    ['that is not JSON, and so not stored, as null', Buffer.from('odd'), null],
    ['that is empty, as null', Buffer.alloc(0), null],
  ])('shows a payload %s', async (_what, body, payload) => {
    const id = newId();
    await deliver(ingest.url, body, { id });
    expect(await gateway.send(getWebhookEvent, { id }, admin)).toMatchObject({ payload });
  });

  it('shows a payload of 1 MiB, and one whose deepest levels are redacted', async () => {
    const big = newId();
    await deliver(ingest.url, userCreated('user_1', { filler: 'x'.repeat(1_000_000) }), { id: big });
    expect(await gateway.send(getWebhookEvent, { id: big }, admin)).toHaveProperty('payload.filler');
    const deep = newId();
    await deliver(ingest.url, Buffer.from(`{"type":"a.b","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), {
      id: deep,
    });
    expect(await gateway.send(getWebhookEvent, { id: deep }, admin)).toMatchObject({ payload: { type: 'a.b' } });
  });

  it('that does not exist is answered with not_found', async () => {
    for (const id of ['msg_nobody', '999999', '\0']) {
      await expect(gateway.send(getWebhookEvent, { id }, admin)).rejects.toMatchObject({ reason: 'not_found' });
    }
  });
});

describe('a caller who', () => {
  it.each([
    ['has the role user', 'forbidden', principal('user')],
    ['has the role developer', 'forbidden', principal('developer')],
    ['is not authenticated', 'unauthenticated', null],
  ])('%s is rejected as %s', async (_, reason, who) => {
    const context = { principal: who, requestId: 'request-1' };
    await expect(gateway.send(listWebhookEvents, {}, context)).rejects.toMatchObject({ reason });
    await expect(gateway.send(getWebhookEvent, { id: '1' }, context)).rejects.toMatchObject({ reason });
    await expect(gateway.send(listRejectedDeliveries, {}, context)).rejects.toMatchObject({ reason });
  });

  it('sends no envelope of the gateway is rejected', async () => {
    const forged = harness.requests(() => ['eyJhbGciOiJub25lIn0.e30.']);
    await eventually(async () => {
      await expect(forged.send(listWebhookEvents, {}, admin)).rejects.toMatchObject({ reason: 'unauthenticated' });
    });
  });
});

describe('the export of the events about a user', () => {
  const own = (clerkUserId: string | null) => ({
    principal: { ...principal('user'), clerkUserId },
    requestId: 'request-1',
  });

  it('has each of them once with its payload, also when few payloads fill a page', async () => {
    const ids = ['a', 'b', 'c'].map(() => newId());
    for (const id of ids) {
      await deliver(ingest.url, userCreated('user_exported', { filler: 'x'.repeat(400_000) }), { id });
    }
    await deliver(ingest.url, userCreated('user_other'));
    const seen: string[] = [];
    let [cursor, pages]: [string | null, number] = [null, 0];
    do {
      const page: { items: { webhookId: string; payload?: unknown }[]; nextCursor: string | null } = await gateway.send(
        exportWebhookEvents,
        { limit: 200, ...(cursor !== null && { cursor }) },
        own('user_exported'),
      );
      for (const { webhookId, payload } of page.items) {
        seen.push(webhookId);
        expect(payload).toHaveProperty('data.id', 'user_exported');
      }
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].reverse());
    expect(pages).toBe(3);
  });

  it('is empty for a local user, and refused without a caller', async () => {
    expect(await gateway.send(exportWebhookEvents, {}, own(null))).toEqual({ items: [], nextCursor: null });
    const nobody = { principal: null, requestId: 'request-1' };
    await expect(gateway.send(exportWebhookEvents, {}, nobody)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });
});

describe('the tail', () => {
  /** Follows the ledger from now on; each call returns the events since the one before. */
  async function follow(filter: { clerkUserId?: string } = {}) {
    let { cursor } = await gateway.send(tailWebhookEvents, filter, admin);
    return async () => {
      const reply = await gateway.send(tailWebhookEvents, { ...filter, cursor }, admin);
      cursor = reply.cursor;
      return reply.items;
    };
  }
  /** The statuses of one event, among those of others. */
  const followOne = async (id: string) => {
    const look = await follow();
    return async () => (await look()).filter(({ webhookId }) => webhookId === id).map(({ status }) => status);
  };
  const set = (id: string, change: string) =>
    harness.sql(`UPDATE webhook_events SET ${change} WHERE webhook_id = $1`, [id]);

  it('returns a new event and its outcome, and then nothing more', async () => {
    const id = newId();
    const look = await followOne(id);
    await deliver(ingest.url, userCreated('user_tailed'), { id });
    const seen: string[] = [];
    await eventually(async () => {
      seen.push(...(await look()));
      expect(seen).toContain('processing');
    });
    await set(id, `status = 'success'`);
    expect(await look()).toEqual(['success']);
    expect(await look()).toEqual([]);
  });

  it('returns an event of long ago that is started again, and its outcome', async () => {
    const id = newId();
    await deliver(ingest.url, userCreated('user_again'), { id });
    await eventually(async () => expect(await harness.row(id)).toMatchObject({ status: 'processing' }));
    await harness.sql(`UPDATE webhook_events SET created_at = now() - interval '1 hour', status = 'success'`);
    await set(id, `status = 'failed'`);
    const look = await followOne(id);
    expect(await look()).toEqual([]);
    await set(id, `status = 'processing', publish_number = 2`);
    expect(await look()).toEqual(['processing']);
    await set(id, `status = 'ignored'`);
    expect(await look()).toEqual(['ignored']);
  });

  it('follows one user alone', async () => {
    const look = await follow({ clerkUserId: 'user_followed' });
    const id = newId();
    await deliver(ingest.url, userCreated('user_other'));
    await deliver(ingest.url, userCreated('user_followed'), { id });
    const seen = new Set<string>();
    await eventually(async () => {
      for (const { webhookId } of await look()) seen.add(webhookId);
      expect([...seen]).toEqual([id]);
    });
  });

  it('is for admins alone', async () => {
    const reader = { principal: principal('developer'), requestId: 'r' };
    await expect(gateway.send(tailWebhookEvents, {}, reader)).rejects.toMatchObject({ reason: 'forbidden' });
  });
});
