import { isDeepStrictEqual } from 'node:util';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import {
  OPERATOR,
  type OwnNats,
  TcpProxy,
  UnfinishedStreams,
  dropMessage,
  eventually,
  natsServers,
  startOwnNats,
} from '@gatehouse/testing';
import { type Following, ConnectionClosedError, FollowStoppedError } from '../src/index';
import { FollowedTable } from './followed-table';
import { usersReaderIdentity as READER } from '@gatehouse/contracts';
import { TestPublisher } from './test-publisher';

const ids = (count: number, prefix = 'u') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe.each(natsServers())('a follower of users on $server', ({ program }) => {
  let nats: OwnNats;
  let operator: NatsConnection;
  let proxy: TcpProxy;
  let reader: NatsConnection;
  let publisher: TestPublisher;
  let table: FollowedTable;
  let followings: Following[];

  const follow = (...args: Parameters<FollowedTable['follow']> | []): Following => {
    const following = table.follow(args[0] ?? reader, args[1]);
    followings.push(following);
    return following;
  };
  const converged = async () => {
    // Jest takes seconds to show how two large tables differ, so it compares only once.
    await eventually(() => isDeepStrictEqual(table.users, publisher.users)).catch(() => undefined);
    expect(table.users).toEqual(publisher.users);
  };
  /** A stream whose first epoch is complete and has these users. */
  const filled = async (...users: string[]) => {
    await publisher.createStream();
    for (const id of users) publisher.write(id, 'first');
    await publisher.rebuild({ purge: true });
  };

  beforeAll(async () => {
    nats = await startOwnNats({ program });
    const login = () => ({ ...nats.as(OPERATOR), maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    operator = await connect(login());
    proxy = await TcpProxy.start(nats.url);
    reader = await connect({
      ...nats.as(READER),
      servers: proxy.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
  });
  beforeEach(async () => {
    publisher = await TestPublisher.start(operator);
    table = new FollowedTable();
    followings = [];
  });
  afterEach(async () => {
    await Promise.all(followings.map((following) => following.stop()));
    await publisher.deleteStream();
    expect(table.violations).toEqual([]);
  });
  afterAll(async () => {
    await reader.close();
    await operator.close();
    await proxy.cut();
    await nats.dispose();
  });

  it('reads every user, and then follows changes and deletions', async () => {
    await filled(...ids(50), 'gone');
    await publisher.remove('gone');
    const following = follow();
    await following.ready;

    expect(table.users).toEqual(publisher.users);
    expect(table.calls.filter(({ call }) => call === 'removed')).toEqual([
      { call: 'removed', id: 'gone', reason: 'deleted', version: 2, generation: 0 },
    ]);

    await publisher.change('u1', 'u2', 'new');
    await publisher.remove('u3');
    await converged();
    expect(table.calls.at(-1)).toMatchObject({ call: 'removed', id: 'u3', reason: 'deleted', version: 2 });
    expect(table.errors).toEqual([]);
    expect(following.counts()).toMatchObject({ rows: 52, failed: 0, snapshots: 1, resets: 0 });
    await eventually(() => following.lag().ms === 0 && following.lag().changes === 0);
  });

  it('waits for a stream that does not exist, and for the end of its first epoch', async () => {
    const following = follow();
    let isReady = false;
    void following.ready.then(() => (isReady = true));
    await eventually(() => following.lag().ms > 0);

    await publisher.createStream();
    await publisher.change('u1');
    await publisher.beginEpoch({ purge: false });
    await publisher.publishTable();
    await converged();
    expect(isReady).toBe(false);

    await publisher.mark('complete');
    await following.ready;
    expect(table.errors).toEqual([]);
  });

  it('reads what the feed lost while the connection was broken', async () => {
    await filled(...ids(20));
    await follow().ready;

    await proxy.cut();
    await publisher.change(...ids(10));
    await publisher.remove('u15');
    await proxy.reopen();
    await publisher.change('u16');
    await converged();
  });

  it('reads the newest message when the feed lost it and nothing follows', async () => {
    await filled('u1');
    const following = follow();
    await following.ready;

    proxy.break();
    await publisher.change('u1');
    await converged();
  });

  it('reads again what nats-server left unanswered', async () => {
    await filled('u1', 'u2');
    const dropped = dropMessage(proxy, '.STREAM.MSG.GET.');
    const following = follow();
    await dropped;
    await following.ready;
    expect(table.users).toEqual(publisher.users);
  });

  it('does not take a stream for lost because it saw it while nats-server created it', async () => {
    await filled('u1');
    const unfinished = new UnfinishedStreams(proxy);
    const following = follow();
    await unfinished.seen(1);
    unfinished.end();
    await following.ready;
    const calls = await publisher.listenToCalls();
    await eventually(() => calls.filter((call) => call === 'INFO').length >= 2);
    await converged();
    expect(following.counts()).toMatchObject({ snapshots: 1, resets: 0 });
  });

  it('follows without the permission of the feed, and reports that once', async () => {
    await filled('u1');
    const unheard = await connect(nats.as(OPERATOR));
    const subscribe = unheard.subscribe.bind(unheard);
    unheard.subscribe = (_subject, options) => subscribe('nothing', options);
    try {
      await follow(unheard, { apiPrefix: '$JS.API' }).ready;
      await publisher.change('u1');
      await converged();
    } finally {
      await Promise.all(followings.splice(0).map((following) => following.stop()));
      await unheard.close();
    }
  });

  it('removes what a stream that was lost and rebuilt no longer has, and delivers nothing twice', async () => {
    await filled(...ids(30));
    const following = follow();
    await following.ready;

    await publisher.deleteStream();
    publisher.forget('u1', 'u2');
    publisher.write('u3');
    await publisher.createStream();
    await publisher.rebuild({ purge: false });
    await converged();

    const later = table.calls.slice(30);
    expect(later).toHaveLength(3);
    expect(later.filter(({ call }) => call === 'removed').sort((a, b) => a.id.localeCompare(b.id))).toEqual([
      { call: 'removed', id: 'u1', reason: 'absent', version: undefined, generation: 0 },
      { call: 'removed', id: 'u2', reason: 'absent', version: undefined, generation: 0 },
    ]);
    expect(following.counts()).toMatchObject({ snapshots: 2, resets: 0 });
  });

  it('asks an empty stream for no message, because an old server may crash that is still creating it', async () => {
    const calls = await publisher.listenToCalls();
    await publisher.createStream();
    const following = follow();
    // What the first check asks arrives before the second one.
    await eventually(() => calls.filter((call) => call === 'INFO').length >= 2);
    expect(calls).not.toContain('MSG.GET');

    publisher.write('u1');
    await publisher.rebuild({ purge: true });
    await following.ready;
    await converged();
  });

  it('keeps its users while a stream is empty, until the new epoch is complete', async () => {
    await filled(...ids(10));
    await follow().ready;

    publisher.forget('u0');
    await publisher.beginEpoch({ purge: true });
    await publisher.publishRow('u1');
    await publisher.change('u2');
    await eventually(() => table.calls.length === 11);
    expect(table.users.size).toBe(10);

    await publisher.publishTable();
    await publisher.mark('complete');
    await converged();
  });

  it('delivers nothing when the stream is refilled', async () => {
    await filled(...ids(20));
    const following = follow();
    await following.ready;

    await publisher.rebuild({ purge: false });
    await publisher.change('u1');
    await eventually(() => table.calls.length > 20);
    expect(table.calls.slice(20)).toMatchObject([{ call: 'user', id: 'u1', version: 2 }]);
    expect(following.counts()).toMatchObject({ snapshots: 1 });
  });

  it('takes lower and equal versions after a restore, and says so before', async () => {
    await filled('lower', 'same', 'vanished');
    const backup = publisher.backUp();
    await publisher.change('lower', 'same');
    await publisher.change('lower', 'vanished');
    const resets: number[] = [];
    const following = follow(reader, { onReset: ({ generation }) => resets.push(table.calls.length, generation) });
    await following.ready;

    const restored = new Map(backup);
    restored.delete('vanished');
    await publisher.restore(restored);
    await publisher.change('same');
    await converged();

    expect(table.rows.get('lower')).toMatchObject({ version: 1, generation: resets[1] });
    expect(table.rows.get('same')).toMatchObject({ version: 2, generation: resets[1] });
    expect(resets).toEqual([3, expect.any(Number)]);
    expect(following.counts()).toMatchObject({ resets: 1 });
  });

  it('ignores a message from before the restore', async () => {
    await filled('u1');
    const late = publisher.write('u1', 'late');
    const backup = publisher.backUp();
    await follow().ready;
    await publisher.restore(backup);
    await converged();

    await publisher.publishRow('u1', { version: 9, user: late.user }, 1);
    await publisher.change('u2');
    await eventually(() => table.rows.has('u2'));
    expect(table.rows.get('u1')?.version).toBe(2);
  });

  it('calls a callback that failed again until it succeeds, and skips nobody', async () => {
    await filled(...ids(5));
    let failures = 0;
    table.onCall = (id) => {
      if (id === 'u2' && failures < 4) throw new Error(`no ${(failures += 1)}`);
    };
    await follow().ready;

    expect(table.users).toEqual(publisher.users);
    expect(table.errors).toMatchObject(
      [1, 2, 3, 4].map((attempt) => ({
        code: 'CALLBACK_FAILED',
        key: 'u2',
        attempt,
        cause: { message: `no ${attempt}` },
      })),
    );
  });

  it('continues with other users while one fails, and retries with the newest version of that one', async () => {
    await filled(...ids(5));
    table.onCall = (id) => {
      if (id === 'u2') throw new Error('no');
    };
    const following = follow();
    await eventually(() => table.rows.size === 4);
    await publisher.change('u2', 'u3');
    await eventually(() => table.rows.get('u3')?.version === 2);
    expect(following.lag()).toMatchObject({ changes: 1 });
    expect(following.lag().ms).toBeGreaterThan(0);

    table.onCall = () => undefined;
    await following.ready;
    await converged();
    expect(table.calls.filter(({ id }) => id === 'u2')).toMatchObject([{ version: 2 }]);
  });

  it('keeps no more rows in memory than its buffer while callbacks are slow, and loses none', async () => {
    await filled(...ids(300));
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    table.onCall = () => held;
    const following = follow(reader, { buffer: 20, concurrency: 3 });
    await eventually(() => table.concurrency === 3);
    await publisher.change(...ids(100));
    await publisher.change(...ids(20, 'new'));
    await eventually(() => following.counts().received >= 120);
    expect(following.lag().changes).toBeGreaterThan(20);
    expect(table.calls).toEqual([]);

    release();
    await converged();
    await following.ready;
    expect(table.concurrency).toBe(3);
  });

  it('delivers only what its caller does not have, and removes what Gatehouse does not have', async () => {
    await filled(...ids(20));
    await follow().ready;
    await followings.pop()?.stop();

    await publisher.change('u1');
    await publisher.remove('u2');
    publisher.forget('u3');
    await publisher.rebuild({ purge: true });
    table.calls.length = 0;
    await follow(reader, { resumes: true }).ready;

    expect(table.users).toEqual(publisher.users);
    expect([...table.calls].sort((a, b) => a.id.localeCompare(b.id))).toMatchObject([
      { call: 'user', id: 'u1', version: 2 },
      { call: 'removed', id: 'u2', reason: 'deleted', version: 2 },
      { call: 'removed', id: 'u3', reason: 'absent' },
    ]);
  });

  it('knows rows from before a restore, and delivers their users again', async () => {
    await filled('u1', 'u2');
    const backup = publisher.backUp();
    await publisher.change('u1');
    await follow().ready;
    await followings.pop()?.stop();

    await publisher.restore(backup);
    const resets: number[] = [];
    table.calls.length = 0;
    await follow(reader, { resumes: true, onReset: ({ generation }) => resets.push(generation) }).ready;
    expect(table.users).toEqual(publisher.users);
    expect(table.calls).toHaveLength(2);
    expect(resets).toHaveLength(1);
  });

  it('asks for the rows again when they could not be read', async () => {
    await filled('u1');
    let attempts = 0;
    const known = () => {
      attempts += 1;
      if (attempts === 1) throw new Error('the database is starting');
      return [{ id: 'gone' }];
    };
    await follow(reader, { known }).ready;
    expect(table.errors).toMatchObject([{ message: 'the database is starting' }]);
    expect(table.calls).toMatchObject([
      { call: 'user', id: 'u1' },
      { call: 'removed', id: 'gone', reason: 'absent' },
    ]);
  });

  it('skips what is no message of Gatehouse, and reports it without its content', async () => {
    await filled('u1');
    await publisher.publishText('u2', 'secret');
    await publisher.publishText('u3', JSON.stringify({ kind: 'user', version: 'secret', epoch: 1 }));
    await follow().ready;
    expect(table.users).toEqual(publisher.users);
    expect(table.errors).toMatchObject([{ code: 'MESSAGE_UNREADABLE' }, { code: 'MESSAGE_UNREADABLE' }]);
    expect(String(table.errors)).not.toContain('secret');
  });

  it('ends by its signal: no callback follows, and ready rejects', async () => {
    await filled(...ids(3));
    const controller = new AbortController();
    let running = 0;
    table.onCall = async () => {
      running += 1;
      await new Promise(() => undefined);
    };
    const following = follow(reader, { signal: controller.signal, concurrency: 2 });
    await eventually(() => running === 2);
    controller.abort();
    await expect(following.ready).rejects.toThrow(FollowStoppedError);
    followings.length = 0;
    await publisher.change('u9');
    expect(running).toBe(2);

    const never = table.follow(reader, { signal: controller.signal });
    await expect(never.ready).rejects.toThrow(FollowStoppedError);
    await never.stop();
  });

  it('ends when the connection is closed, and reports it', async () => {
    await filled('u1');
    const other = await connect(nats.as(READER));
    const following = follow(other);
    await following.ready;
    await other.close();
    await eventually(() => table.errors.some((error) => error instanceof ConnectionClosedError));
  });

  it('survives a server that is killed, and one that lost its store', async () => {
    await filled(...ids(10));
    await follow().ready;

    await nats.kill();
    await nats.start();
    await eventually(async () => (await operator.rtt()) >= 0);
    await publisher.change('u1');
    await converged();

    await nats.stop();
    nats.loseStore();
    await nats.start();
    await eventually(async () => (await operator.rtt()) >= 0);
    publisher.forget('u2');
    await publisher.createStream();
    await publisher.rebuild({ purge: false });
    await converged();
  });
});
