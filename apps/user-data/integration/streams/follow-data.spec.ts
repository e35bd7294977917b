import { assistantSessions, consumeTokens, dataStream, eraseUserData, items, templates } from '@gatehouse/contracts';
import { type DataRef, type Following, type OwnedData, followData } from '@gatehouse/follow';
import { OPERATOR, TcpProxy, backUpStream, eventually, natsServers, restoreStream } from '@gatehouse/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { caller } from '../data-world';
import { StreamWorld } from './stream-world';

/*
 * A follower of what users own against the relay of user-data. After each test its rows equal the tables, and no row
 * has had an older version after a newer one.
 */
describe.each(natsServers())('a follower of GATEHOUSE_DATA, on $server', ({ program }) => {
  const user = caller({ tier: 'enterprise' });
  const admin = caller({ role: 'admin' });
  const rows = new Map<string, OwnedData & { readonly version: number }>();
  const regressions: string[] = [];
  let world: StreamWorld;
  let proxy: TcpProxy;
  let reader: NatsConnection;
  let following: Following;
  let itemIds: string[];

  const keyOf = ({ userId, kind, id }: DataRef) => `${userId}.${kind}.${id}`;
  /** The last version of each row of one generation, of deleted rows too. */
  let versions = new Map<string, number>();

  beforeAll(async () => {
    world = await StreamWorld.start(program);
    await world.boot();
    proxy = await TcpProxy.start(world.nats.url);
    const login = { ...world.nats.as('api-gateway'), servers: proxy.url };
    reader = await connect({ ...login, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    itemIds = [];
    for (let n = 0; n < 5; n += 1) itemIds.push((await world.send(items.create, newItem(), user)).id);
    await world.send(templates.create, { fields: { name: 't', body: 'text' } }, user);
    await world.send(consumeTokens, { amount: 1 }, user);
    await world.send(assistantSessions.create, { fields: { name: 's', settings: { model: 'm' } } }, user);
    following = followData({
      nats: reader,
      onData: (row, { version }) => {
        note(row, version);
        rows.set(keyOf(row), { ...row, version });
      },
      onRemoved: (ref, { version }) => {
        if (version !== undefined) note(ref, version);
        rows.delete(keyOf(ref));
      },
      onReset: () => void (versions = new Map()),
    });
    await following.ready;
  });
  afterEach(async () => {
    await eventually(async () => expect(shown()).toEqual(await stored()));
    expect(regressions).toEqual([]);
  });
  afterAll(async () => {
    await following?.stop();
    await reader?.close();
    await proxy?.cut();
    await world?.stop();
  });

  const newItem = () => ({ fields: { title: `title ${Math.random()}` } });
  const note = (ref: DataRef, version: number) => {
    const before = versions.get(keyOf(ref)) ?? 0;
    if (version < before) regressions.push(`${keyOf(ref)} went from ${before} back to ${version}`);
    versions.set(keyOf(ref), version);
  };
  const changeItems = async () => {
    for (const id of itemIds) await world.send(items.update, { id, ...newItem() }, user);
    await world.send(consumeTokens, { amount: 1 }, user);
  };
  const shown = () =>
    [...rows]
      .map(([key, { version, data }]) => ({ key, version, name: String(data.title ?? data.name ?? data.used) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  const stored = async () =>
    (
      await world.query<{ key: string; version: number; name: string }>(
        `SELECT concat_ws('.', user_id, 'item', id) AS key, version::float8 AS version, title AS name FROM items
          UNION ALL SELECT concat_ws('.', user_id, 'template', id), version, name FROM templates
          UNION ALL SELECT concat_ws('.', user_id, 'assistant-session', id), version, name FROM assistant_sessions
          UNION ALL SELECT concat_ws('.', user_id, kind, user_id), version::float8, used::text FROM quota_periods`,
      )
    ).sort((a, b) => (a.key < b.key ? -1 : 1));

  it('has resources and quotas, follows changes and deletions, and reads what the feed lost', async () => {
    const kinds = new Set(['item', 'template', 'assistant-session', 'tokens']);
    await eventually(() => expect(new Set([...rows.values()].map(({ kind }) => kind))).toEqual(kinds));
    await changeItems();
    proxy.break();
    await changeItems();
    await world.send(items.delete, { id: itemIds.pop() ?? '' }, user);
    itemIds.push((await world.send(items.create, newItem(), user)).id);
  });

  it('removes what belonged to an erased user', async () => {
    const other = caller();
    const { id } = await world.send(items.create, newItem(), other);
    const key = keyOf({ userId: other.userId, kind: 'item', id });
    await eventually(() => expect(rows.has(key)).toBe(true));
    await world.send(eraseUserData, { userId: other.userId }, admin);
    await eventually(() => expect(rows.has(key)).toBe(false));
  });

  it('keeps its rows while the stream is lost and written anew', async () => {
    const before = rows.size;
    await (await world.manager()).streams.delete(dataStream.name);
    await changeItems();
    await eventually(async () => expect(shown()).toEqual(await stored()));
    expect(rows.size).toBe(before);
  });

  it('follows a stream that was restored from a backup, to which the relay publishes at once', async () => {
    const operator = await connect(world.nats.as(OPERATOR));
    const backup = await backUpStream(operator, dataStream.name);
    itemIds.push((await world.send(items.create, newItem(), user)).id);
    await changeItems();
    await eventually(async () => expect(shown()).toEqual(await stored()));
    await world.keeper.hold();
    await restoreStream(operator, backup);
    world.keeper.release();
    await operator.close();
    await changeItems();
  });
});
