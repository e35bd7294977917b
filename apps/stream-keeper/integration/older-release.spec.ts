import {
  type BusContract,
  type ConsumerContract,
  type StreamContract,
  busContracts,
  clerkEventsStream,
  eventsConsumer,
} from '@gatehouse/contracts';
import { nameOf } from '@gatehouse/messaging';
import { eventually, natsServers } from '@gatehouse/testing';
import { type ConsumerConfig, type StreamConfig } from '@nats-io/jetstream';
import { millis } from '@nats-io/transport-node';
import { KeeperWorld } from './keeper-world';

/** Contracts of an earlier release: the stream took other subjects for another time, and redelivery came later. */
const olderStream: StreamContract = {
  ...clerkEventsStream,
  subjects: ['clerk.events.>', 'clerk.former.>'],
  maxAgeMs: 24 * 60 * 60 * 1000,
};
const olderConsumer: ConsumerContract = { ...eventsConsumer, stream: olderStream, maxAckPending: 7 };
const olderContracts = busContracts.map((contract): BusContract => {
  if (contract === clerkEventsStream) return olderStream;
  return contract === eventsConsumer ? olderConsumer : contract;
});
const older = { contracts: olderContracts, settings: { replicas: 1, ackWaitMs: 12_000 } };

let world: KeeperWorld;

/** What of a stream and its consumer the releases disagree about. */
interface Held {
  readonly stream: Pick<StreamConfig, 'subjects' | 'max_age'>;
  readonly consumer: Pick<ConsumerConfig, 'ack_wait' | 'max_ack_pending'>;
}

async function held(): Promise<Held> {
  const { subjects, max_age } = (await world.manager.streams.info('CLERK_EVENTS')).config;
  const { ack_wait, max_ack_pending } = (await world.manager.consumers.info('CLERK_EVENTS', 'user-sync')).config;
  return { stream: { subjects, max_age }, consumer: { ack_wait, max_ack_pending } };
}

/** Waits until keepers have checked the consumer `rounds` more times. Returns the calls that were not INFO. */
async function afterRounds(calls: string[], rounds: number): Promise<string[]> {
  const since = calls.length;
  const asked = () => calls.slice(since).filter((call) => call === '$JS.API.CONSUMER.INFO.CLERK_EVENTS.user-sync');
  await eventually(() => expect(asked().length).toBeGreaterThanOrEqual(rounds));
  return calls.slice(since).filter((call) => !/^\$JS\.API\.(STREAM|CONSUMER)\.INFO\./.test(call));
}

describe.each(natsServers())('a keeper of an older release, on $server,', ({ program }) => {
  beforeAll(async () => {
    world = await KeeperWorld.start(program);
  });
  afterEach(() => world.reset());
  afterAll(() => world?.dispose());

  it('changes nothing, and logs once which fields differ and what to run', async () => {
    const newer = await world.keeper();
    await eventually(async () => expect((await newer.readiness()).status).toBe(200));
    const before = await held();
    const calls = world.recordCalls();
    const keeper = await world.keeper(older);
    await eventually(async () => expect(await keeper.metric('gatehouse_stream_keeper_differing')).toBe(3));
    expect(await afterRounds(calls, 6)).toEqual([]);
    expect(await held()).toEqual(before);
    expect(keeper.lines.map(({ level, message }) => `${level}: ${message}`).sort()).toEqual([
      'warn: the consumer user-sync of CLERK_EVENTS differs from its contract in ack_wait, max_ack_pending: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
      'warn: the consumer webhook-ingest of CLERK_OUTCOMES differs from its contract in ack_wait: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
      'warn: the stream CLERK_EVENTS differs from its contract in subjects, max_age and cannot be used: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
    ]);
    // Its release publishes on a subject that the stream does not take.
    expect(await keeper.readiness()).toEqual({
      status: 503,
      streams:
        'the stream CLERK_EVENTS differs from its contract in subjects, max_age and cannot be used: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
    });
  });

  it('creates what is missing as its own release needs it, and a newer keeper changes nothing of that', async () => {
    const keeper = await world.keeper(older);
    await eventually(async () => expect((await keeper.readiness()).status).toBe(200));
    const before = await held();
    expect(before.stream.subjects).toEqual(olderStream.subjects);
    const calls = world.recordCalls();
    const newer = await world.keeper();
    await eventually(async () => expect((await newer.readiness()).status).toBe(200));
    expect(await afterRounds(calls, 6)).toEqual([]);
    expect(await held()).toEqual(before);
    expect(newer.lines.map(({ message }) => message)).toContain(
      'the stream CLERK_EVENTS differs from its contract in subjects, max_age: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
    );
  });

  it('may create at the same moment as a newer keeper: one of them prevails, and neither changes it then', async () => {
    const calls = world.recordCalls();
    const keepers = await Promise.all([world.keeper(older), world.keeper()]);
    for (let round = 0; round < 5; round += 1) {
      if (round > 0) await world.manager.streams.delete('CLERK_EVENTS');
      await eventually(held);
      // Calls that were sent before the deletion was noticed have been answered then.
      await afterRounds(calls, 4);
      const settled = await held();
      expect([olderStream.subjects, clerkEventsStream.subjects]).toContainEqual(settled.stream.subjects);
      expect([12_000, 30_000]).toContain(millis(settled.consumer.ack_wait ?? 0));
      expect(await afterRounds(calls, 6)).toEqual([]);
      expect(await held()).toEqual(settled);
    }
    const failures = keepers.flatMap(({ lines }) => lines.filter(({ level }) => level === 'error'));
    expect(failures).toEqual([]);
    const different = keepers.flatMap(({ lines }) => lines).filter(({ message }) => /differs/.test(message));
    expect(different.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`the ${nameOf(clerkEventsStream)} differs from its contract in subjects, max_age`),
    );
  });
});
