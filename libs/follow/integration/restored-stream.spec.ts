import { usersReaderIdentity } from '@gatehouse/contracts';
import {
  OPERATOR,
  type OwnNats,
  TcpProxy,
  backUpStream,
  eventually,
  natsServers,
  restoreStream,
  startOwnNats,
} from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type Following } from '../src/index';
import { FollowedTable } from './followed-table';
import { TestPublisher } from './test-publisher';

const IDS = Array.from({ length: 30 }, (_, index) => `u${index}`);

/** The stream goes back to a backup of it. Until the publisher writes it anew, it is older than what followers have. */
describe.each(natsServers())('a follower whose stream was restored from a backup, on $server', ({ program }) => {
  let nats: OwnNats;
  let operator: NatsConnection;
  let proxy: TcpProxy;
  let reader: NatsConnection;
  let publisher: TestPublisher;
  let table: FollowedTable;
  let following: Following;

  beforeAll(async () => {
    nats = await startOwnNats({ program });
    operator = await connect(nats.as(OPERATOR));
    proxy = await TcpProxy.start(nats.url);
    const login = { ...nats.as(usersReaderIdentity), servers: proxy.url };
    reader = await connect({ ...login, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  });
  beforeEach(async () => {
    publisher = await TestPublisher.start(operator);
    await publisher.createStream();
    for (const id of IDS) publisher.write(id);
    await publisher.rebuild({ purge: false });
    table = new FollowedTable();
    following = table.follow(reader);
    await following.ready;
  });
  afterEach(async () => {
    await following.stop();
    await publisher.deleteStream();
    expect(table.violations).toEqual([]);
  });
  afterAll(async () => {
    await reader.close();
    await operator.close();
    await proxy.cut();
    await nats.dispose();
  });

  const backUp = () => backUpStream(operator, 'GATEHOUSE_USERS');
  const removals = () => table.calls.filter(({ call }) => call === 'removed');
  const converged = async () => {
    await eventually(() => expect(table.users).toEqual(publisher.users));
    expect(removals()).toEqual([]);
  };
  const restart = async () => {
    await following.stop();
    following = table.follow(reader, { resumes: true });
  };

  it('gets users who were created while it was away, and removes nobody', async () => {
    const backup = await backUp();
    await publisher.change(...IDS, ...IDS, 'late');
    await eventually(() => expect(table.users).toEqual(publisher.users));
    await proxy.cut();
    await restoreStream(operator, backup);
    publisher.write('new');
    await publisher.recover();
    // The last sequence is now above the one that the follower has read, with old and new messages below it.
    await publisher.change(...IDS, ...IDS, ...IDS);
    await proxy.reopen();
    await converged();
  });

  it('keeps what it has while the stream is older, and is not ready before it is written anew', async () => {
    const backup = await backUp();
    await publisher.change(...IDS, 'late');
    await eventually(() => expect(table.users).toEqual(publisher.users));
    await restoreStream(operator, backup);
    let isReady = false;
    await restart();
    void following.ready.then(() => (isReady = true));
    await eventually(() => expect(table.errors).toMatchObject([{ code: 'STREAM_OUTDATED' }]));
    expect(isReady).toBe(false);
    await converged();

    await publisher.recover();
    await following.ready;
    await converged();
    expect(table.errors).toHaveLength(1);
  });

  it('waits for the generation of its rows when the stream is from before a restore of the database', async () => {
    await publisher.change('u1');
    const [before, backup] = [publisher.backUp(), await backUp()];
    await publisher.restore(before);
    await publisher.change('u2');
    await eventually(() => expect(table.rows.get('u2')).toMatchObject({ version: 2, generation: expect.any(Number) }));
    await eventually(() => expect(new Set([...table.rows.values()].map(({ generation }) => generation)).size).toBe(1));
    await restoreStream(operator, backup);
    await restart();
    await eventually(() => expect(table.errors).toMatchObject([{ code: 'STREAM_OUTDATED' }]));
    const calls = table.calls.length;

    await publisher.recover();
    await following.ready;
    await converged();
    expect(table.calls).toHaveLength(calls);
  });
});
