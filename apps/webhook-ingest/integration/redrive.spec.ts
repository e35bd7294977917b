import { type Principal, getRedrive, listRedrives, redriveEvents, type RequestOf } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;
let gateway: RequestClient;

const admin: Principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_admin',
  method: 'clerk_session',
  role: 'admin',
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
};
const context = { principal: admin, requestId: 'request-1' };
type Order = RequestOf<typeof redriveEvents>;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start();
  gateway = harness.requests();
  await eventually(() => gateway.send(listRedrives, {}, context));
});

afterAll(() => harness.dispose());

beforeEach(() => harness.sql('DELETE FROM webhook_events'));

const send = (order: Order) => gateway.send(redriveEvents, order, context);

/** Makes dead events, whose last attempt failed. */
async function dead(count: number, user = 'user_1', code = 'EMAIL_TAKEN'): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  for (const id of ids) await deliver(ingest.url, userCreated(user), { id });
  await eventually(async () => {
    for (const id of ids) expect(await harness.row(id)).toMatchObject({ status: 'processing' });
  });
  await harness.sql(
    `UPDATE webhook_events SET status = 'failed', retry_count = 2, error_message = 'taken',
       error_details = jsonb_build_object('code', $2::text) WHERE webhook_id = ANY ($1)`,
    [ids, code],
  );
  return ids;
}

const statuses = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await harness.row(id))?.status as string));

describe('a redrive', () => {
  it('of one event publishes it under a new number with all its attempts, and records who ordered it', async () => {
    const [id = ''] = await dead(1);
    const answer = await send({ filter: { ids: [id] } });
    expect(answer).toMatchObject({ dryRun: false, redriven: 1, skipped: 0, nextCursor: null });
    await eventually(async () =>
      expect(await harness.row(id)).toMatchObject({
        status: 'processing',
        retry_count: 0,
        publish_number: 2,
        error_message: null,
        redrive_id: answer.redriveId,
      }),
    );
    expect((await harness.published()).map(({ messageId }) => messageId)).toContain(`${id}:2`);
    const redrive = await gateway.send(getRedrive, { id: answer.redriveId ?? '' }, context);
    expect(redrive).toMatchObject({
      actorUserId: admin.userId,
      requestId: 'request-1',
      filter: { ids: [id] },
      redriven: 1,
      progress: { processing: 1, success: 0 },
      done: false,
    });
    await harness.sql(`UPDATE webhook_events SET status = 'success' WHERE webhook_id = $1`, [id]);
    expect(await gateway.send(getRedrive, { id: redrive.id }, context)).toMatchObject({
      progress: { processing: 0, success: 1 },
      done: true,
    });
    expect((await gateway.send(listRedrives, { limit: 1 }, context)).items).toMatchObject([{ id: redrive.id }]);
    expect(ingest.logs()).toContain(`"redriveId":"${redrive.id}"`);
  });

  it('that is repeated changes nothing: it skips events in progress and events that succeeded', async () => {
    const [id = ''] = await dead(1);
    await send({ filter: { ids: [id] } });
    expect(await send({ filter: { ids: [id] } })).toMatchObject({
      redriveId: null,
      redriven: 0,
      items: [{ webhookId: id, action: 'skip', reason: expect.stringContaining('redriven does not concern') }],
    });
    await harness.sql(`UPDATE webhook_events SET status = 'success' WHERE webhook_id = $1`, [id]);
    expect(await send({ filter: { ids: [id] } })).toMatchObject({ redriven: 0, skipped: 1 });
    expect(await harness.row(id)).toMatchObject({ status: 'success', publish_number: 2 });
  });

  it('as a dry run shows for each row what would happen, and changes nothing', async () => {
    const [gone = '', fine = '', invalid = ''] = await dead(3);
    const sms = newId();
    await deliver(ingest.url, Buffer.from('{"type":"role.created","data":{}}'), { id: sms });
    await harness.sql(
      'DELETE FROM event_bodies WHERE event_id = (SELECT id FROM webhook_events WHERE webhook_id = $1)',
      [gone],
    );
    await harness.sql(`UPDATE webhook_events SET error_details = $2 WHERE webhook_id = $1`, [
      invalid,
      JSON.stringify({ kind: 'validation', code: 'EVENT_INVALID', retryable: false }),
    ]);
    const before = await harness.sql('SELECT * FROM webhook_events ORDER BY id');
    const answer = await send({ filter: { ids: [gone, fine, invalid, sms, 'msg_nobody'] }, dryRun: true });
    expect(answer).toMatchObject({
      redriveId: null,
      dryRun: true,
      redriven: 2,
      skipped: 2,
      items: [
        { webhookId: gone, action: 'skip', reason: 'the body is no longer stored', errorMessage: 'taken' },
        { webhookId: fine, action: 'redrive', reason: null, warning: null, status: 'failed', retryCount: 2 },
        {
          webhookId: invalid,
          action: 'redrive',
          reason: null,
          warning: expect.stringContaining('no retry can fix it'),
        },
        { webhookId: sms, action: 'skip', reason: 'no service handles events of this type' },
      ],
    });
    expect(await harness.sql('SELECT * FROM webhook_events ORDER BY id')).toEqual(before);
  });

  it('by filter selects the events that match type, status, error, user and time', async () => {
    const [one = ''] = await dead(1, 'user_one', 'EMAIL_TAKEN');
    const [two = ''] = await dead(1, 'user_two', 'http_503');
    const found = async (filter: Order['filter']) =>
      (await send({ filter, dryRun: true })).items.map(({ webhookId }) => webhookId);
    expect(await found({ status: 'failed' })).toEqual([one, two]);
    expect(await found({ type: 'user.created' })).toEqual([one, two]);
    expect(await found({ type: 'user.updated' })).toEqual([]);
    expect(await found({ errorCode: 'http_503' })).toEqual([two]);
    expect(await found({ clerkUserId: 'user_one' })).toEqual([one]);
    expect(await found({ clerkUserId: 'user_one', errorCode: 'http_503' })).toEqual([]);
    await harness.sql(`UPDATE webhook_events SET created_at = '2026-01-02T00:00:00Z' WHERE webhook_id = $1`, [one]);
    expect(await found({ since: '2026-01-02T00:00:00Z', until: '2026-01-03T00:00:00Z' })).toEqual([one]);
    expect(await found({ since: '2026-01-03T02:00:00+02:00' })).toEqual([two]);
  });

  it('by decision selects ignored events, such as those of another instance', async () => {
    const [foreign = '', unconfirmed = '', failed = ''] = await dead(3);
    const ignore = (id: string, decision: string) =>
      harness.sql(
        `UPDATE webhook_events SET status = 'ignored', error_details = NULL,
           processed_data = jsonb_build_object('decision', $2::text) WHERE webhook_id = $1`,
        [id, decision],
      );
    await ignore(foreign, 'foreign');
    await ignore(unconfirmed, 'unconfirmed');
    expect(await send({ filter: { decision: 'foreign' } })).toMatchObject({ redriven: 1, skipped: 0 });
    await eventually(async () => {
      expect(await harness.row(foreign)).toMatchObject({
        status: 'processing',
        publish_number: 2,
        processed_data: null,
      });
    });
    expect(await statuses([unconfirmed, failed])).toEqual(['ignored', 'failed']);
  });

  it('of many events runs page by page under one id, each row once', async () => {
    const ids = await dead(5);
    let cursor: string | undefined;
    let redriveId: string | undefined;
    const pages: number[] = [];
    do {
      const answer = await send({
        filter: { status: 'failed' },
        limit: 2,
        ...(cursor === undefined ? {} : { cursor, redriveId }),
      });
      pages.push(answer.redriven);
      cursor = answer.nextCursor ?? undefined;
      redriveId ??= answer.redriveId ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toEqual([2, 2, 1]);
    expect(await gateway.send(getRedrive, { id: redriveId ?? '' }, context)).toMatchObject({ redriven: 5 });
    await eventually(async () => expect(new Set(await statuses(ids))).toEqual(new Set(['processing'])));
  });

  it('that is ordered twice at the same time happens once', async () => {
    const ids = await dead(10);
    const answers = await Promise.all([1, 2, 3].map(() => send({ filter: { ids } })));
    expect(answers.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(10);
    await eventually(async () => {
      for (const id of ids) expect(await harness.row(id)).toMatchObject({ status: 'processing', publish_number: 2 });
    });
  });

  it('starts when Clerk delivers a dead event again, once for each signed attempt, with several replicas', async () => {
    const [id = '', live = ''] = await dead(2);
    await harness.sql(`UPDATE webhook_events SET status = 'success' WHERE webhook_id = $1`, [live]);
    const other = await harness.start();
    const timestamp = Math.floor(Date.now() / 1_000) + 5;
    const resend = (url: string, at = timestamp) => deliver(url, userCreated(), { id, timestamp: at });
    const answers = await Promise.all([ingest, other, ingest, other].map(({ url }) => resend(url)));
    expect(answers.map(({ json }) => json.status).sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'redriven']);
    await eventually(async () =>
      expect(await harness.row(id)).toMatchObject({ status: 'processing', publish_number: 2, retry_count: 0 }),
    );
    const redriveId = (await harness.row(id))?.redrive_id as string;
    expect(await gateway.send(getRedrive, { id: redriveId }, context)).toMatchObject({
      actorUserId: null,
      filter: { ids: [id] },
      redriven: 1,
    });
    expect(ingest.logs() + other.logs()).toContain(`"redriveId":"${redriveId}"`);

    await harness.sql(`UPDATE webhook_events SET status = 'failed' WHERE webhook_id = $1`, [id]);
    expect((await resend(ingest.url)).json).toEqual({ status: 'duplicate' });
    expect((await resend(ingest.url, timestamp + 1)).json).toEqual({ status: 'redriven' });
    expect((await deliver(ingest.url, userCreated(), { id: live, timestamp })).json).toEqual({ status: 'duplicate' });
    expect(await harness.row(live)).toMatchObject({ status: 'success', publish_number: 1 });
    await other.close();
  });

  it.each(['0000-01-01T00:00:00Z', 'yesterday'])('from the invalid time %s is rejected', async (since) => {
    await expect(send({ filter: { since } })).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('of everything, or of more events than allowed, is rejected', async () => {
    await expect(send({ filter: {} })).rejects.toMatchObject({ reason: 'invalid_request' });
    await expect(send({ filter: { status: 'failed' }, limit: 1_001 })).rejects.toMatchObject({
      reason: 'invalid_request',
    });
    const misspelt = { filter: { stauts: 'failed' } } as Order;
    await expect(send(misspelt)).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('is rejected for callers who are not admins', async () => {
    const user = { ...context, principal: { ...admin, role: 'developer' as const } };
    for (const work of [
      gateway.send(redriveEvents, { filter: { status: 'failed' } }, user),
      gateway.send(listRedrives, {}, user),
      gateway.send(getRedrive, { id: admin.userId }, user),
    ]) {
      await expect(work).rejects.toMatchObject({ reason: 'forbidden' });
    }
  });
});
