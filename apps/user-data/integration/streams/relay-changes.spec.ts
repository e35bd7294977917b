import {
  assistantSessions,
  commitReservation,
  consumeTokens,
  dataChangeSubject,
  dataMessageSchema,
  dataStream,
  eraseUserData,
  grantQuota,
  items,
  recordUpload,
  removeLimit,
  reserveTokens,
  setLimit,
  showQuotas,
  templates,
} from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { TombstoneSweeper } from '../../src/relay-changes/tombstone-sweeper';
import { caller, ownerOf } from '../data-world';
import { StreamWorld } from './stream-world';

let world: StreamWorld;
let proxy: TcpProxy;
const admin = caller({ role: 'admin' });

beforeAll(async () => {
  world = await StreamWorld.start();
  proxy = await TcpProxy.start(world.nats.url);
  await world.boot();
});

afterAll(async () => {
  await world?.stop();
  await proxy?.cut();
});

/** As large as the contract accepts, of characters that take six bytes in JSON: its message must fit. */
const LARGEST_TEMPLATE = {
  name: `t${'\u0001'.repeat(198)}t`,
  description: '\u0001'.repeat(2_000),
  body: '\u0001'.repeat(40_000),
  tags: Array.from({ length: 20 }, (_, n) => `t${n}${'\u0001'.repeat(46)}t`),
};

const subjectsOf = (userId: string) => `data.changed.${userId}.>`;
const messagesOf = (userId: string) => world.messages(dataStream.name, subjectsOf(userId));
const outboxIsEmpty = () =>
  eventually(async () =>
    expect(await world.query('SELECT key FROM stream_outbox UNION ALL SELECT key FROM quota_outbox')).toEqual([]),
  );
const sweep = async () => {
  for (const app of world.apps) await app.get(TombstoneSweeper).sweep();
};

describe('GATEHOUSE_DATA', () => {
  it('has the newest state of every resource, as its contract says, and the tombstone of a deleted one', async () => {
    const user = caller();
    const item = await world.send(items.create, { fields: { title: 'a' } }, user);
    const template = await world.send(templates.create, { fields: LARGEST_TEMPLATE }, user);
    const session = await world.send(
      assistantSessions.create,
      { fields: { name: 's', settings: { model: 'm', big: 1e300 } } },
      user,
    );
    const gone = await world.send(items.create, { fields: { title: 'gone' } }, user);
    await world.send(items.update, { id: gone.id, fields: { title: 'going' } }, user);
    await world.send(items.update, { id: item.id, fields: { description: 'b' } }, user);
    await outboxIsEmpty();
    await world.send(items.delete, { id: gone.id }, user);
    await outboxIsEmpty();
    const { isOwn: _, replayed: __, ...publicTemplate } = template;
    const { replayed: ___, ...publicSession } = session;
    const { userId } = user;
    const found = await messagesOf(userId);
    for (const message of found.values()) dataMessageSchema.parse(message);
    expect(Object.fromEntries(found)).toEqual({
      [dataChangeSubject(userId, 'item', item.id)]: expect.objectContaining({
        ...{ kind: 'item', version: 2, userId, id: item.id },
        data: expect.objectContaining({ id: item.id, title: 'a', description: 'b', version: 2 }),
      }),
      [dataChangeSubject(userId, 'template', template.id)]: expect.objectContaining({
        ...{ kind: 'template', version: 1, data: publicTemplate },
      }),
      [dataChangeSubject(userId, 'assistant-session', session.id)]: expect.objectContaining({
        ...{ kind: 'assistant-session', version: 1, data: publicSession },
      }),
      [dataChangeSubject(userId, 'item', gone.id)]: {
        ...{ kind: 'deleted', resource: 'item', version: 3, userId, id: gone.id },
        epoch: expect.any(Number),
        at: expect.any(String),
      },
    });
  });

  it('has the newest state of each quota, under the version that the quota is shown with', async () => {
    const user = caller();
    const { userId } = user;
    const shown = async (kind: 'tokens' | 'uploads') =>
      (await messagesOf(userId)).get(dataChangeSubject(userId, kind, userId));
    const versionOf = async () => (await world.send(showQuotas, {}, user)).tokens.version ?? 0;
    const unused = await versionOf();
    const { id, period } = await world.send(reserveTokens, { amount: 10 }, user);
    await outboxIsEmpty();
    const reserved = await shown('tokens');
    expect(reserved).toMatchObject({ data: { period, limit: null, granted: 0, used: 0, reserved: 10 } });
    expect(reserved?.version).toBe(await versionOf());
    expect(reserved?.version).toBeGreaterThan(unused);
    await world.send(setLimit, { owner: ownerOf(user), kind: 'tokens', limit: 500 }, admin);
    await world.send(grantQuota, { owner: ownerOf(user), kind: 'tokens', amount: 7, reason: 'a' }, admin);
    await world.send(commitReservation, { id, amount: 12 }, user);
    await world.send(recordUpload, { name: 'a.pdf' }, user);
    await outboxIsEmpty();
    const committed = await shown('tokens');
    expect(committed).toMatchObject({ data: { period, limit: 500, granted: 7, used: 12, reserved: 0 } });
    expect(committed?.version).toBe(await versionOf());
    expect(await shown('uploads')).toMatchObject({ data: { period, limit: null, used: 1, documentsUploaded: 1 } });
    for (const message of (await messagesOf(userId)).values()) dataMessageSchema.parse(message);
    await world.send(removeLimit, { owner: ownerOf(user), kind: 'tokens' }, admin);
    await outboxIsEmpty();
    expect(await shown('tokens')).toMatchObject({ data: { limit: null } });
  });

  it('has one message for many changes of a quota', async () => {
    const user = caller();
    const told = await world.listen(`feed.data.${user.userId}.>`);
    await Promise.all(Array.from({ length: 40 }, () => world.send(consumeTokens, { amount: 1 }, user)));
    await outboxIsEmpty();
    const used = () => told.map(({ data }) => (data as { used: number }).used);
    await eventually(() => expect(used().at(-1)).toBe(40));
    expect(used()).toEqual([...used()].sort((a, b) => a - b));
    expect(new Set(told.map(({ version }) => version)).size).toBe(told.length);
  });

  it('keeps a tombstone until its time, and then loses it together with the table', async () => {
    const user = caller();
    const { id } = await world.send(items.create, { fields: { title: 'a' } }, user);
    await world.send(items.delete, { id }, user);
    await outboxIsEmpty();
    await sweep();
    expect((await messagesOf(user.userId)).size).toBe(1);
    await world.query('UPDATE resource_tombstones SET remove_at = now() WHERE id = $1', [id]);
    await sweep();
    expect(await messagesOf(user.userId)).toEqual(new Map());
    expect(await world.query('SELECT FROM resource_tombstones WHERE id = $1', [id])).toEqual([]);
  });

  it('has nothing of an erased user, whose tombstones reach readers first', async () => {
    const [user, other] = [caller(), caller()];
    for (const owner of [user, other]) await world.send(items.create, { fields: { title: 'secret' } }, owner);
    const deleted = await world.send(items.create, { fields: { title: 'deleted before' } }, user);
    await world.send(items.delete, { id: deleted.id }, user);
    await world.send(consumeTokens, { amount: 1 }, user);
    await outboxIsEmpty();
    const told = await world.listen(`feed.data.${user.userId}.>`);
    await world.send(eraseUserData, { userId: user.userId }, admin);
    await outboxIsEmpty();
    await sweep();
    expect(await messagesOf(user.userId)).toEqual(new Map());
    for (const table of ['resource_tombstones', 'quota_tombstones']) {
      expect(await world.query(`SELECT FROM ${table} WHERE user_id = $1`, [user.userId])).toEqual([]);
    }
    expect((await messagesOf(other.userId)).size).toBe(1);
    await eventually(() => expect(told.map(({ kind }) => kind)).toEqual(['deleted', 'deleted']));
    const last = told.find(({ resource }) => resource === 'tokens')?.version;
    // The id of a quota comes again: the user begins anew, under a higher version.
    await world.send(consumeTokens, { amount: 1 }, user);
    await outboxIsEmpty();
    const [again] = (await messagesOf(user.userId)).values();
    expect(again).toMatchObject({ kind: 'tokens', data: { used: 1 } });
    expect(again?.version).toBeGreaterThan(Number(last));
  });

  it('is written anew, with its tombstones, when it was lost', async () => {
    const user = caller();
    const kept = await world.send(items.create, { fields: { title: 'kept' } }, user);
    const gone = await world.send(templates.create, { fields: { name: 'gone', body: '' } }, user);
    await world.send(templates.delete, { id: gone.id }, user);
    await world.send(consumeTokens, { amount: 1 }, user);
    await outboxIsEmpty();
    const { version } = (await world.send(showQuotas, {}, user)).tokens;
    const before = await world.last(dataStream.name, 'data.changed.epoch');
    await (await world.manager()).streams.delete(dataStream.name);
    // Reads the stream only then: nats-server before 2.9.15 crashes when it is asked for a message of a stream that it
    // is creating.
    const epoch = await eventually(async () => {
      const [now] = await world.query<{ epoch: number; state: string }>(
        'SELECT epoch::float8, state FROM stream_epochs',
      );
      return now?.state === 'complete' && now.epoch > Number(before?.epoch) ? now.epoch : null;
    });
    const marker = await world.last(dataStream.name, 'data.changed.epoch');
    expect(marker).toMatchObject({ kind: 'epoch', state: 'complete', epoch });
    const found = [...(await messagesOf(user.userId)).values()];
    expect(found.map((message) => [message.id, message.kind, message.version]).sort()).toEqual(
      [
        [kept.id, 'item', 1],
        [gone.id, 'deleted', 2],
        [user.userId, 'tokens', version],
      ].sort(),
    );
  });

  it('holds the newest version of each resource after two relays lost connections and acknowledgements', async () => {
    // The second replica loses its connection, and acknowledgements with it, when the proxy breaks.
    const second = await world.boot({}, proxy.url);
    await eventually(() => second.get(NatsClient).connected);
    const user = caller({ tier: 'pro' });
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push((await world.send(items.create, { fields: { title: 'a' } }, user)).id);
    for (let n = 0; n < 200; n += 1) {
      // As operators do, so that both relays find the rows by polling, at the same time.
      const id = ids[Math.floor(Math.random() * ids.length)];
      await world.query('UPDATE items SET title = $2 WHERE id = $1', [id, `title ${n}`]);
      if (n % 7 === 0) proxy.break();
    }
    await world.send(items.delete, { id: ids[0] ?? '' }, user);
    await outboxIsEmpty();
    const rows = await world.query<{ id: string; version: number; title: string }>(
      `SELECT id, version, title FROM items WHERE user_id = $1`,
      [user.userId],
    );
    const found = await messagesOf(user.userId);
    expect(found.size).toBe(10);
    for (const { id, version, title } of rows) {
      expect(found.get(dataChangeSubject(user.userId, 'item', id))).toMatchObject({ version, data: { title } });
    }
    expect(found.get(dataChangeSubject(user.userId, 'item', ids[0] ?? ''))).toMatchObject({ kind: 'deleted' });
  });
});
