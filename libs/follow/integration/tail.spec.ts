import { usersReaderIdentity as READER } from '@gatehouse/contracts';
import { OPERATOR, type OwnNats, TcpProxy, eventually, natsServers, startOwnNats } from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type TailBeginning, type TailedChange, type Tailing, type User, tailUsers } from '../src/index';
import { TestPublisher } from './test-publisher';

const BACKLOG = 200;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`);

describe.each(natsServers())('the tail of a stream on $server', ({ program }) => {
  let nats: OwnNats;
  let operator: NatsConnection;
  let proxy: TcpProxy;
  let reader: NatsConnection;
  let publisher: TestPublisher;
  let tail: Tailing;
  let changes: TailedChange<User>[];
  let beginnings: TailBeginning[];
  let epochs: number[];
  let errors: Error[];

  beforeAll(async () => {
    nats = await startOwnNats({ program });
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 50, timeout: 2_000, waitOnFirstConnect: true };
    operator = await connect({ ...nats.as(OPERATOR), ...options });
    proxy = await TcpProxy.start(nats.url);
    reader = await connect({ ...nats.as(READER), servers: proxy.url, ...options });
  });
  afterAll(async () => {
    await reader.close();
    await operator.close();
    await proxy.cut();
    await nats.dispose();
  });
  beforeEach(async () => {
    publisher = await TestPublisher.start(operator);
    [changes, beginnings, epochs, errors] = [[], [], [], []];
  });
  afterEach(async () => {
    tail.stop();
    await publisher.deleteStream();
  });

  const follow = (): void => {
    tail = tailUsers({
      nats: reader,
      backlog: BACKLOG,
      onBegin: (beginning) => beginnings.push(beginning),
      onEpoch: ({ epoch }) => epochs.push(epoch),
      onChange: (change) => changes.push(change),
      onError: (error) => errors.push(error),
    });
  };
  const current = () => eventually(() => tail.isCurrent && tail.lagMs() === 0);
  /** The newest version of a user that was told. */
  const versionOf = (id: string) => changes.findLast(({ key }) => key === id)?.version;
  const told = (id: string) => eventually(() => versionOf(id) === publisher.rowOf(id)?.version);
  /** Sequences rise, and versions of a user do not go back. */
  const expectOrder = () => {
    const versions = new Map<string, number>();
    let last = 0;
    for (const { key, version, sequence } of changes) {
      expect(sequence).toBeGreaterThan(last);
      expect(version).toBeGreaterThanOrEqual(versions.get(key) ?? 0);
      versions.set(key, version);
      last = sequence;
    }
  };

  it('begins when the stream has a marker, and tells each change in order', async () => {
    follow();
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    await current();
    await publisher.change('u1', 'u2');
    await publisher.change('u1');
    await publisher.remove('u2');
    await told('u1');
    await told('u2');
    expect(changes.map(({ key, version, body }) => `${key} ${version} ${body?.id}`)).toEqual(
      expect.arrayContaining(['u1 2 u1', 'u2 2 undefined']),
    );
    expect(beginnings.map(({ reason }) => reason)).toEqual(['first']);
    expectOrder();
  });

  it('asks an empty stream for no message, because an old server may crash that is still creating it', async () => {
    const calls = await publisher.listenToCalls();
    await publisher.createStream();
    follow();
    // What the first check asks arrives before the second one.
    await eventually(() => calls.filter((call) => call === 'INFO').length >= 2);
    expect(calls).not.toContain('MSG.GET');

    await publisher.rebuild({ purge: true });
    await current();
  });

  it('begins with the last messages of a long stream, and not with all', async () => {
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    await publisher.change(...ids(1_000));
    follow();
    await current();
    expect(changes.length).toBeGreaterThan(BACKLOG - 10);
    expect(changes.length).toBeLessThanOrEqual(BACKLOG);
    expectOrder();
  });

  it('reads what the feed did not bring while the connection was cut, in order', async () => {
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    follow();
    await current();
    for (let round = 0; round < 5; round += 1) {
      proxy.break();
      for (let n = 0; n < 3; n += 1) await publisher.change(...ids(10));
      await publisher.change('last');
      await told('last');
    }
    await current();
    for (const id of ids(10)) expect(versionOf(id)).toBe(publisher.rowOf(id)?.version);
    expect(beginnings.map(({ reason }) => reason)).toEqual(['first']);
    expectOrder();
  });

  it('does not take a stream for lost because changes arrive while its state is on the way', async () => {
    const calls = await publisher.listenToCalls();
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    follow();
    await current();
    const checks = () => calls.filter((call) => call === 'INFO').length;
    const last = checks() + 4;
    while (checks() < last) {
      await publisher.change(...ids(20));
      // Never as far ahead as the backlog.
      await eventually(() => Number(publisher.rowOf('u19')?.version) - (versionOf('u19') ?? 0) < 5);
    }
    await told('u19');
    expect(beginnings.map(({ reason }) => reason)).toEqual(['first']);
    expectOrder();
  });

  it('begins again when it missed more than it may read', async () => {
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    follow();
    await current();
    await proxy.cut();
    await publisher.change(...ids(BACKLOG * 2));
    await proxy.reopen();
    await eventually(() => expect(beginnings.map(({ reason }) => reason)).toEqual(['first', 'gap']));
    await publisher.change('last');
    await told('last');
    expect(changes.length).toBeLessThanOrEqual(BACKLOG + 10);
    expectOrder();
  });

  it('begins again when the stream was lost, and when the database was restored', async () => {
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    await publisher.change('u1');
    const backup = publisher.backUp();
    follow();
    await current();
    await publisher.deleteStream();
    await publisher.createStream();
    await publisher.rebuild({ purge: false });
    await eventually(() => expect(beginnings.map(({ reason }) => reason)).toEqual(['first', 'lost']));
    await publisher.change('u1');
    await told('u1');
    await publisher.restore(backup);
    await eventually(() => expect(beginnings.at(-1)?.reason).toBe('restored'));
    await publisher.change('u1');
    await eventually(() => expect(changes.at(-1)).toMatchObject({ key: 'u1', version: 2 }));
    expect(beginnings).toHaveLength(3);
  });

  it('tells a new epoch without a new beginning, and skips what is no message of Gatehouse', async () => {
    await publisher.createStream();
    await publisher.rebuild({ purge: true });
    follow();
    await current();
    await publisher.change('u1');
    await publisher.publishText('u9', 'no JSON');
    await publisher.rebuild({ purge: false });
    await publisher.change('u1');
    await told('u1');
    expect(epochs).toHaveLength(1);
    expect(beginnings).toHaveLength(1);
    expect(errors).toMatchObject([{ code: 'MESSAGE_UNREADABLE' }]);
    expectOrder();
  });
});
