import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { PATIENCE_MS, eventually } from '@gatehouse/local-stack';
import { OPERATOR, startOwnNats, testNats, type OwnNats } from '../src';

describe('NATS for a test file', () => {
  it('lets a test file use production names for its streams, and removes the streams', async () => {
    const nats = await testNats();
    const connection = await nats.connect();
    const manager = await jetstreamManager(connection, { timeout: PATIENCE_MS });
    await manager.streams.add({ name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], max_bytes: 100 * 2 ** 30 });
    await jetstream(connection).publish('clerk.events.user.created', 'x');
    await nats.cleanup();
    expect(connection.isClosed()).toBe(true);

    const again = await testNats();
    const names = [];
    for await (const name of (await jetstreamManager(await again.connect())).streams.names()) names.push(name);
    expect(names).toEqual([]);
    await again.cleanup();
  });

  it('carries a message of 1 MiB and more', async () => {
    const nats = await testNats();
    const connection = await nats.connect();
    expect(connection.info?.max_payload).toBe(2 * 1024 * 1024);
    await nats.cleanup();
  });
});

describe('a separate nats-server of one test file', () => {
  let own: OwnNats | undefined;
  afterEach(() => own?.dispose());

  it('enforces the permissions of each user', async () => {
    const only = (publish: string[], subscribe: string[]) => ({
      publish: { allow: publish },
      subscribe: { allow: subscribe },
      allowResponses: false,
    });
    const users = [
      { user: 'all', password: 'a' },
      { user: 'some', password: 'b', permissions: only(['$JS.API.>', 'mine.>'], ['_INBOX.>']) },
      { user: 'none', password: 'c', permissions: only([], []) },
    ];
    own = await startOwnNats({ accounts: [{ name: 'ALL', jetStream: true, users, exports: [], imports: [] }] });
    const as = async (user: string, pass: string) => connect({ servers: own?.url, user, pass, reconnect: false });
    const all = await as('all', 'a');
    const some = await as('some', 'b');
    const none = await as('none', 'c');
    const heard: string[] = [];
    all.subscribe('>', { callback: (_, message) => void heard.push(message.subject) });
    await all.flush();
    some.publish('mine.1');
    some.publish('yours.1');
    none.publish('mine.2');
    await Promise.all([some.flush(), none.flush()]);
    all.publish('end');
    await eventually(() => heard.includes('end'));
    expect(heard).toEqual(['mine.1', 'end']);
    await expect(as('some', 'wrong')).rejects.toThrow(/authorization/i);
    await expect(connect({ servers: own.url, reconnect: false })).rejects.toThrow(/authorization/i);
    await Promise.all([all, some, none].map((connection) => connection.close()));
  });

  it('does not answer while it is frozen, and then goes on with the same connections', async () => {
    own = await startOwnNats();
    const connection = await connect({ ...own.as(OPERATOR), reconnect: false });
    await own.freeze();
    let answered = false;
    const flushed = connection.flush().then(() => (answered = true));
    await expect(connect({ servers: own.url, reconnect: false, timeout: 300 })).rejects.toThrow(/timeout/i);
    expect(answered).toBe(false);
    await own.thaw();
    await flushed;
    await connection.close();
  });

  it('keeps its streams after a kill, unless the test deletes them', async () => {
    own = await startOwnNats();
    const operator = own.as(OPERATOR);
    const streams = async () => {
      const connection = await connect({ ...operator, reconnect: false });
      const manager = await jetstreamManager(connection, { timeout: PATIENCE_MS });
      const names = [];
      for await (const name of manager.streams.names()) names.push(name);
      if (names.length === 0) await manager.streams.add({ name: 'KEPT', subjects: ['kept.>'] });
      await connection.close();
      return names;
    };
    expect(await streams()).toEqual([]);
    await own.kill();
    await own.start();
    expect(await streams()).toEqual(['KEPT']);
    await own.stop();
    own.loseStore();
    await own.start();
    expect(await streams()).toEqual([]);
  });
});
