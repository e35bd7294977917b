import { eventually } from '@gatehouse/testing';
import { KeeperWorld } from './keeper-world';

const ALL = [
  'CLERK_EVENTS',
  'CLERK_EVENTS/user-sync',
  'CLERK_OUTCOMES',
  'CLERK_OUTCOMES/webhook-ingest',
  'GATEHOUSE_DATA',
  'GATEHOUSE_USERS',
];

let world: KeeperWorld;

beforeAll(async () => {
  world = await KeeperWorld.start();
});
afterEach(() => world.reset());
afterAll(() => world?.dispose());

const messages = (lines: readonly { message: string }[]) => lines.map(({ message }) => message);
const allExist = () => eventually(async () => expect(await world.names()).toEqual(ALL));

describe('stream-keeper', () => {
  it('creates every stream and consumer on an empty server, logs and counts each one, and is ready then', async () => {
    const keeper = await world.keeper();
    await allExist();
    await eventually(async () => expect(await keeper.readiness()).toEqual({ status: 200, streams: undefined }));
    expect(messages(keeper.lines).sort()).toEqual([
      'created the consumer user-sync of CLERK_EVENTS',
      'created the consumer webhook-ingest of CLERK_OUTCOMES',
      'created the stream CLERK_EVENTS',
      'created the stream CLERK_OUTCOMES',
      'created the stream GATEHOUSE_DATA',
      'created the stream GATEHOUSE_USERS',
    ]);
    expect(await keeper.metric('gatehouse_stream_keeper_created_total{name="stream CLERK_EVENTS"}')).toBe(1);
    expect(await keeper.metric('gatehouse_stream_keeper_missing')).toBe(0);
    expect(await keeper.metric('gatehouse_stream_keeper_differing')).toBe(0);
  });

  it('creates again what is deleted', async () => {
    const keeper = await world.keeper();
    await allExist();
    await world.manager.consumers.delete('CLERK_OUTCOMES', 'webhook-ingest');
    await allExist();
    await world.manager.streams.delete('CLERK_EVENTS');
    await allExist();
    const created = 'gatehouse_stream_keeper_created_total';
    await eventually(async () => {
      expect(await keeper.metric(`${created}{name="consumer webhook-ingest of CLERK_OUTCOMES"}`)).toBe(2);
      expect(await keeper.metric(`${created}{name="consumer user-sync of CLERK_EVENTS"}`)).toBe(2);
      expect(await keeper.metric(`${created}{name="stream CLERK_OUTCOMES"}`)).toBe(1);
    });
  });

  it('creates everything again after the store was lost', async () => {
    const keeper = await world.keeper();
    await allExist();
    await world.nats.kill();
    await eventually(async () => expect((await keeper.readiness()).status).toBe(503));
    world.nats.loseStore();
    await world.nats.start();
    await allExist();
    await eventually(async () => expect((await keeper.readiness()).status).toBe(200));
  });

  it('starts while NATS is away, and creates everything when NATS is there', async () => {
    await world.nats.stop();
    const keeper = await world.keeper();
    expect(await keeper.readiness()).toMatchObject({
      status: 503,
      streams: expect.stringContaining('the stream CLERK_EVENTS has not been checked yet') as string,
    });
    await world.nats.start();
    await allExist();
  });

  it('runs beside other keepers, of which none reports a failure', async () => {
    const keepers = await Promise.all([world.keeper(), world.keeper()]);
    for (let round = 0; round < 3; round += 1) {
      await allExist();
      await world.manager.streams.delete('CLERK_EVENTS');
    }
    await allExist();
    const failures = keepers.flatMap(({ lines }) => lines.filter(({ level }) => level !== 'info'));
    expect(failures).toEqual([]);
  });

  it('names what is missing and why while NATS refuses to create it, and logs the reason once', async () => {
    await world.manager.streams.add({ name: 'OTHER', subjects: ['clerk.events.user.>'] });
    const calls = world.recordCalls();
    const keeper = await world.keeper();
    const refusal = /^NATS refuses to create the stream CLERK_EVENTS: subjects overlap with an existing stream/;
    await eventually(async () => {
      const { status, streams } = await keeper.readiness();
      expect(status).toBe(503);
      expect(streams).toMatch(refusal);
      expect(streams).toContain('; the consumer user-sync of CLERK_EVENTS is missing, because its stream is missing');
      expect(streams).not.toContain('CLERK_OUTCOMES');
    });
    const tries = () => calls.filter((call) => /STREAM\.CREATE\.CLERK_EVENTS/.test(call)).length;
    await eventually(() => expect(tries()).toBeGreaterThanOrEqual(5));
    const errors = keeper.lines.filter(({ level }) => level !== 'info');
    expect(errors).toEqual([{ ...errors[0], level: 'error', message: expect.stringMatching(refusal) as string }]);
    expect(await keeper.metric('gatehouse_stream_keeper_missing')).toBe(2);
    await world.manager.streams.delete('OTHER');
    await allExist();
    await eventually(async () => expect((await keeper.readiness()).status).toBe(200));
  });
});
