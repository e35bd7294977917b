import {
  assistantSessions,
  dataChangeSubject,
  dataMessageSchema,
  dataStream,
  eraseUserData,
  items,
  templates,
} from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { TombstoneSweeper } from '../../src/relay-changes/tombstone-sweeper';
import { caller } from '../data-world';
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
const outboxIsEmpty = () => eventually(async () => expect(await world.query('SELECT FROM stream_outbox')).toEqual([]));
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
    await outboxIsEmpty();
    const told = await world.listen(`feed.data.${user.userId}.>`);
    await world.send(eraseUserData, { userId: user.userId }, admin);
    await outboxIsEmpty();
    await sweep();
    expect(await messagesOf(user.userId)).toEqual(new Map());
    expect(await world.query('SELECT FROM resource_tombstones WHERE user_id = $1', [user.userId])).toEqual([]);
    expect((await messagesOf(other.userId)).size).toBe(1);
    await eventually(() => expect(told.map(({ kind }) => kind)).toEqual(['deleted']));
  });

  it('is written anew, with its tombstones, when it was lost', async () => {
    const user = caller();
    const kept = await world.send(items.create, { fields: { title: 'kept' } }, user);
    const gone = await world.send(templates.create, { fields: { name: 'gone', body: '' } }, user);
    await world.send(templates.delete, { id: gone.id }, user);
    await outboxIsEmpty();
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
    expect(found.map(({ id, kind, version }) => [id, kind, version]).sort()).toEqual(
      [
        [kept.id, 'item', 1],
        [gone.id, 'deleted', 2],
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
