import { type Principal, eraseUserPayloads } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { BodyRetention } from '../src/drop-bodies/body-retention';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({ BODY_RETENTION_DAYS: '30' });
});

afterAll(() => harness.dispose());

async function event(status: string, body = userCreated()): Promise<string> {
  const id = newId();
  await deliver(ingest.url, body, { id });
  await eventually(async () => expect((await harness.row(id))?.status).not.toBe('pending'));
  await harness.sql('UPDATE webhook_events SET status = $2 WHERE webhook_id = $1', [id, status]);
  return id;
}

const hasBody = async (id: string) => (await harness.row(id))?.body !== null;

describe('bodies that are older than the retention time', () => {
  /** Moves an event to the middle of an old month, in the partition of that month. */
  async function age(ids: readonly string[]): Promise<void> {
    for (const table of ['event_bodies', 'webhook_events']) {
      const key = table === 'event_bodies' ? 'event_id' : 'id';
      await harness.sql(
        `UPDATE ${table} SET created_at = '2025-03-15T12:00:00Z'
          WHERE ${key} IN (SELECT id FROM webhook_events WHERE webhook_id = ANY ($1))`,
        [ids],
      );
    }
  }

  it('are dropped with their partition, except those of unresolved events until these are resolved', async () => {
    await harness.sql(
      `CREATE TABLE event_bodies_202503 PARTITION OF event_bodies FOR VALUES FROM ('2025-03-01Z') TO ('2025-04-01Z')`,
    );
    await harness.sql('ALTER TABLE event_bodies_202503 OWNER TO ' + (await owner()));
    const done = await event('success');
    const failed = await event('failed');
    const young = await event('success');
    await age([done, failed]);
    const dropped = await ingest.app.get(BodyRetention).drop();
    expect(dropped).toEqual({ months: ['202503'], bodies: 1 });
    expect(await Promise.all([done, failed, young].map(hasBody))).toEqual([false, true, true]);
    expect(await harness.row(done)).toMatchObject({ status: 'success', event_type: 'user.created' });
    expect(await harness.sql(`SELECT to_regclass('event_bodies_202503') AS name`)).toEqual([{ name: null }]);

    await harness.sql(`UPDATE webhook_events SET status = 'success' WHERE webhook_id = $1`, [failed]);
    expect(await ingest.app.get(BodyRetention).drop()).toEqual({ months: [], bodies: 1 });
    expect(await Promise.all([failed, young].map(hasBody))).toEqual([false, true]);
  });

  it('cannot be dropped by any role while their month is not over', async () => {
    const month = new Date().toISOString().slice(0, 7).replace('-', '');
    await expect(harness.sql('SELECT drop_event_bodies_month($1)', [month])).rejects.toThrow('over');
    await expect(harness.sql(`SELECT drop_event_bodies_month('default')`)).rejects.toThrow('over');
  });

  async function owner(): Promise<string> {
    const [row] = await harness.sql<{ owner: string }>(
      `SELECT quote_ident(tableowner) AS owner FROM pg_tables WHERE tablename = 'event_bodies'`,
    );
    return row?.owner ?? '';
  }
});

describe('an erasure', () => {
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

  it('removes every stored payload of a deleted user, also from the stream, and reports what it removed', async () => {
    const gateway = harness.requests();
    const clerkUserId = 'user_gone';
    const created = await event('success', userCreated(clerkUserId));
    await eventually(async () =>
      expect(gateway.send(eraseUserPayloads, { clerkUserId }, context)).rejects.toMatchObject({ reason: 'conflict' }),
    );
    const failed = await event('failed', userCreated(clerkUserId));
    const deleted = await event(
      'success',
      Buffer.from(JSON.stringify({ type: 'user.deleted', data: { id: clerkUserId, deleted: true } })),
    );
    const mention = await event(
      'ignored',
      Buffer.from(JSON.stringify({ type: 'role.created', data: { by: clerkUserId } })),
    );
    const other = await event('success', userCreated('user_stays'));
    const bytes = userCreated(clerkUserId).length;
    const removed = await gateway.send(eraseUserPayloads, { clerkUserId }, context);
    expect(removed).toMatchObject({
      clerkUserId,
      events: 3,
      bodies: 4,
      mentions: 1,
      unresolved: 1,
      streamMessages: 3,
      streamClearBy: null,
    });
    expect(removed.bytes).toBeGreaterThan(2 * bytes);
    expect(await Promise.all([created, failed, deleted, mention, other].map(hasBody))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect((await harness.published()).some(({ body }) => body.includes(clerkUserId))).toBe(false);
    expect(await harness.row(failed)).toMatchObject({ status: 'failed', error_details: { code: 'erased' } });
    expect(await harness.sql('SELECT clerk_user_id, actor FROM erasures WHERE id = $1', [removed.id])).toEqual([
      { clerk_user_id: clerkUserId, actor: admin.userId },
    ]);
    expect(await gateway.send(eraseUserPayloads, { clerkUserId }, context)).toMatchObject({
      bodies: 0,
      streamMessages: 0,
    });
    const anybody = { ...context, principal: { ...admin, role: 'user' as const } };
    await expect(gateway.send(eraseUserPayloads, { clerkUserId }, anybody)).rejects.toMatchObject({
      reason: 'forbidden',
    });
  });
});
