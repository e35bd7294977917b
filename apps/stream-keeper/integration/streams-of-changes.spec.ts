import {
  type FeedContract,
  type NatsIdentity,
  dataChangeSubject,
  dataStream,
  jetStreamApiPrefix,
  userChangeSubject,
  usersStream,
} from '@gatehouse/contracts';
import { PATIENCE_MS, eventually, natsServers } from '@gatehouse/testing';
import { type Msg, type NatsConnection, connect, headers } from '@nats-io/transport-node';
import { KeeperWorld } from './keeper-world';

let world: KeeperWorld;
const connections: NatsConnection[] = [];

async function as(identity: NatsIdentity): Promise<NatsConnection> {
  const connection = await connect({ ...world.nats.as(identity), timeout: PATIENCE_MS });
  connections.push(connection);
  return connection;
}

/** What a service receives on a feed. */
async function receiving(identity: NatsIdentity, { republish }: FeedContract): Promise<Msg[]> {
  const received: Msg[] = [];
  const connection = await as(identity);
  connection.subscribe(republish.feed, { callback: (error, message) => void (error ?? received.push(message)) });
  await connection.flush();
  return received;
}

/** Publishes a text over the message with this sequence; returns the sequence of the new message. */
async function publish(connection: NatsConnection, subject: string, text: string, expected: number): Promise<number> {
  const fields = headers();
  fields.set('Nats-Expected-Last-Subject-Sequence', String(expected));
  const reply = await connection.request(subject, text, { headers: fields, timeout: PATIENCE_MS });
  const { seq, error } = reply.json<{ seq: number; error?: { err_code: number } }>();
  if (error !== undefined) throw new Error(String(error.err_code));
  return seq;
}

/** Every message of a stream, read as a follower does. */
async function rows(connection: NatsConnection, { name, subjects: [subject] }: FeedContract): Promise<string[]> {
  const found: string[] = [];
  for (let seq = 1; ;) {
    const call = `${jetStreamApiPrefix}.STREAM.MSG.GET.${name}`;
    const query = JSON.stringify({ seq, next_by_subj: subject });
    const reply = await connection.request(call, query, { timeout: PATIENCE_MS });
    const { message } = reply.json<{ message?: { seq: number; data: string } }>();
    if (message === undefined) return found;
    found.push(Buffer.from(message.data, 'base64').toString());
    seq = message.seq + 1;
  }
}

const streams = [
  {
    stream: usersStream,
    publisher: 'user-sync',
    readers: ['api-gateway', 'user-data', 'users-reader'],
    subjects: [userChangeSubject('a'), userChangeSubject('b')],
    feeds: ['feed.users.a', 'feed.users.b'],
  },
  {
    stream: dataStream,
    publisher: 'user-data',
    readers: ['api-gateway'],
    subjects: [dataChangeSubject('a', 'item', '1'), dataChangeSubject('a', 'item', '2')],
    feeds: ['feed.data.a.item.1', 'feed.data.a.item.2'],
  },
] as const;

describe.each(natsServers())('the streams of changes, on $server,', ({ program }) => {
  beforeAll(async () => {
    world = await KeeperWorld.start(program);
  });
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
    await world.reset();
  });
  afterAll(() => world?.dispose());

  it.each(streams)(
    'keep the newest message of each subject of $stream.name, and send each one to its readers',
    async ({ stream, publisher, readers, subjects: [first, second], feeds }) => {
      const keeper = await world.keeper();
      // The name of a stream appears before the stream takes messages, and nats-server drops those of another account.
      await eventually(async () => expect((await keeper.readiness()).status).toBe(200));
      const sender = await as(publisher);
      const feedsOfReaders = await Promise.all(readers.map((reader) => receiving(reader, stream)));

      const old = await publish(sender, first, 'first, version 1', 0);
      const other = await publish(sender, second, 'second, version 1', 0);
      const newest = await publish(sender, first, 'first, version 2', old);
      // "Wrong last sequence": a late publisher does not replace what is newer.
      await expect(publish(sender, first, 'first, version 1', old)).rejects.toThrow('10071');

      for (const reader of readers) {
        expect(await rows(await as(reader), stream)).toEqual(['second, version 1', 'first, version 2']);
      }
      for (const received of feedsOfReaders) {
        await eventually(() => expect(received).toHaveLength(3));
        const seen = received.map(({ subject, headers: fields }) => [
          subject,
          fields?.get('Nats-Subject'),
          Number(fields?.get('Nats-Sequence')),
          Number(fields?.get('Nats-Last-Sequence')),
        ]);
        expect(seen).toEqual([
          [feeds[0], first, old, 0],
          [feeds[1], second, other, 0],
          [feeds[0], first, newest, old],
        ]);
        expect(received.map((message) => message.string()).at(-1)).toBe('first, version 2');
      }
    },
  );

  it('become streams of changes by nats-setup, if they were ordinary ones', async () => {
    const { name, subjects } = usersStream;
    await world.manager.streams.add({ name, subjects: [...subjects] });

    // nats-server 2.9 does not change `republish`, so the stream is created anew there.
    const { code, out } = await world.setup(['--recreate']);

    expect(out).toMatch(/^stream GATEHOUSE_USERS: (changed|created anew): .*max_msgs_per_subject.*republish/m);
    expect(code).toBe(0);
    const received = await receiving('users-reader', usersStream);
    await publish(await as('user-sync'), userChangeSubject('a'), 'version 1', 0);
    await eventually(() => expect(received.map((message) => message.string())).toEqual(['version 1']));
  });
});
