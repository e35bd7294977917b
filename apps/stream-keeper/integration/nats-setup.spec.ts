import { natsServers } from '@gatehouse/testing';
import { StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { KeeperWorld } from './keeper-world';

const CREATED = [
  'stream CLERK_EVENTS: created',
  'stream CLERK_OUTCOMES: created',
  'stream GATEHOUSE_USERS: created',
  'stream GATEHOUSE_DATA: created',
  'consumer user-sync of CLERK_EVENTS: created',
  'consumer webhook-ingest of CLERK_OUTCOMES: created',
];

let world: KeeperWorld;

const linesOf = (text: string) => text.trimEnd().split('\n');
const storageOf = async (name: string) => (await world.manager.streams.info(name)).config.storage;

/** A stream that NATS cannot change to its contract, because it is kept in memory. */
const inMemory = { name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], storage: StorageType.Memory };

describe.each(natsServers())('nats-setup, on $server,', ({ program }) => {
  beforeAll(async () => {
    world = await KeeperWorld.start(program);
  });
  afterEach(() => world.reset());
  afterAll(() => world?.dispose());

  it('creates what is missing, and changes what differs from its contract', async () => {
    expect(linesOf(await world.setupProgram())).toEqual(CREATED);
    await world.manager.streams.update('CLERK_EVENTS', { max_age: nanos(3_600_000), max_bytes: 4096 });
    await world.manager.consumers.update('CLERK_OUTCOMES', 'webhook-ingest', { max_ack_pending: 3 });

    const { code, out } = await world.setup([], { ACK_WAIT_MS: '31000' });

    expect(linesOf(out)).toEqual([
      'stream CLERK_EVENTS: changed: max_age, max_bytes',
      'stream CLERK_OUTCOMES: unchanged',
      'stream GATEHOUSE_USERS: unchanged',
      'stream GATEHOUSE_DATA: unchanged',
      'consumer user-sync of CLERK_EVENTS: changed: ack_wait',
      'consumer webhook-ingest of CLERK_OUTCOMES: changed: ack_wait, max_ack_pending',
    ]);
    expect(code).toBe(0);
    expect((await world.manager.streams.info('CLERK_EVENTS')).config).toMatchObject({ max_bytes: 1024 ** 3 });
    const again = await world.setup([], { ACK_WAIT_MS: '31000' });
    expect(linesOf(again.out)).toEqual(CREATED.map((line) => line.replace('created', 'unchanged')));
  });

  it('fails with the reason when NATS refuses a change, and creates exactly that anew with --recreate', async () => {
    await world.setup();
    await world.manager.streams.delete('CLERK_EVENTS');
    await world.manager.streams.add(inMemory);
    const { created } = await world.manager.streams.info('CLERK_OUTCOMES');

    const refused = await world.setup();

    expect(refused.code).toBe(1);
    expect(linesOf(refused.out)).toEqual([
      expect.stringMatching(/^stream CLERK_EVENTS: refused: storage, .*max_bytes/),
      'stream CLERK_OUTCOMES: unchanged',
      'stream GATEHOUSE_USERS: unchanged',
      'stream GATEHOUSE_DATA: unchanged',
      'consumer user-sync of CLERK_EVENTS: created',
      'consumer webhook-ingest of CLERK_OUTCOMES: unchanged',
    ]);
    expect(refused.err).toMatch(
      /^nats-setup failed: the stream CLERK_EVENTS differs from its contract in storage, .*, and NATS refuses the change: .*storage type/,
    );
    expect(refused.err).toMatch(/\nRun nats-setup with --recreate .* This is safe: /);
    expect(await storageOf('CLERK_EVENTS')).toBe(StorageType.Memory);

    const recreated = await world.setup(['--recreate']);

    expect(recreated).toMatchObject({ code: 0, err: '' });
    expect(linesOf(recreated.out)).toEqual([
      expect.stringMatching(/^stream CLERK_EVENTS: created anew: storage, /),
      'stream CLERK_OUTCOMES: unchanged',
      'stream GATEHOUSE_USERS: unchanged',
      'stream GATEHOUSE_DATA: unchanged',
      'consumer user-sync of CLERK_EVENTS: created',
      'consumer webhook-ingest of CLERK_OUTCOMES: unchanged',
    ]);
    expect(await storageOf('CLERK_EVENTS')).toBe(StorageType.File);
    expect((await world.manager.streams.info('CLERK_OUTCOMES')).created).toBe(created);
  });

  it('leaves an empty stream with the former configuration when NATS refuses to create it anew', async () => {
    await world.manager.streams.add(inMemory);

    // A server that is no cluster keeps one replica.
    const { code, err } = await world.setup(['--recreate'], { STREAM_REPLICAS: '3' });

    expect(code).toBe(1);
    expect(err).toContain('NATS refuses to create the stream CLERK_EVENTS: replicas > 1 not supported');
    expect(err).not.toContain('Run nats-setup');
    expect(await storageOf('CLERK_EVENTS')).toBe(StorageType.Memory);
  });

  it('names what NATS refuses to create, and sets up the rest', async () => {
    await world.manager.streams.add({ name: 'OTHER', subjects: ['clerk.events.user.>'] });

    const { code, out, err } = await world.setup();

    expect(code).toBe(1);
    expect(linesOf(out)).toEqual([
      'stream CLERK_EVENTS: refused',
      'stream CLERK_OUTCOMES: created',
      'stream GATEHOUSE_USERS: created',
      'stream GATEHOUSE_DATA: created',
      'consumer user-sync of CLERK_EVENTS: missing, because its stream is missing',
      'consumer webhook-ingest of CLERK_OUTCOMES: created',
    ]);
    expect(err).toMatch(/^nats-setup failed: NATS refuses to create the stream CLERK_EVENTS: subjects overlap/);
    expect(err).not.toContain('--recreate');
  });

  it('prints its usage and changes nothing for an unknown argument', async () => {
    const { code, out, err } = await world.setup(['--recreat']);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^usage: nats-setup/);
    expect(await world.names()).toEqual([]);
  });

  it('fails when NATS is away or rejects the password', async () => {
    const wrong = await world.setup([], { NATS_PASSWORD: 'hunter2' });
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('the server rejected NATS_USER or NATS_PASSWORD');
    expect(wrong.err).not.toContain('hunter2');

    const away = await world.setup([], { NATS_URL: 'nats://127.0.0.1:1' });
    expect(away).toMatchObject({ code: 1, out: '' });
    expect(away.err).toBe(
      'nats-setup failed: no server in NATS_URL accepts a connection: check the address, and that nats-server runs\n',
    );
  });
});
