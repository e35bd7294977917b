import { Writable } from 'node:stream';
import { clerkEventsStream, clerkOutcomesStream, eventsConsumer } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { AckPolicy, type ConsumerConfig, type JetStreamManager } from '@nats-io/jetstream';
import { type INestApplication } from '@nestjs/common';
import { clerkUser, instanceId, newClerkId, userEvent } from './clerk-events';
import { heldEvent } from './held-event';
import { member } from './members';
import { readinessOf } from './readiness';
import { SyncWorld } from './sync-world';

const PATIENCE = { timeoutMs: 60_000 };
const { stream, durable } = eventsConsumer;
const isAbsent = 'does not exist; stream-keeper creates it';

let world: SyncWorld;
let operator: JetStreamManager;
let logged = '';

beforeAll(async () => {
  world = await SyncWorld.start();
  operator = await world.administrator();
});

beforeEach(() => {
  logged = '';
});

afterEach(async () => {
  await world.closeApps();
  world.keeper.release();
});

afterAll(() => world.dispose());

function boot(): Promise<INestApplication> {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  return world.boot({ CLERK_INSTANCE_ID: instanceId }, {}, createLogger({ service: 'user-sync', level: 'info' }, sink));
}

/** Messages of the log about streams and consumers, in alphabetical order. */
function contractLines(): string[] {
  const lines = logged.split('\n').filter((line) => line !== '');
  const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
  return messages.filter((message) => /^the (stream|consumer) /.test(message)).sort();
}

async function deleteStreams(): Promise<void> {
  for (const { name } of [clerkEventsStream, clerkOutcomesStream]) await operator.streams.delete(name);
}

/** Stops NATS, deletes its store and starts it. */
async function loseStore(): Promise<void> {
  await world.nats.stop();
  world.nats.loseStore();
  await world.nats.start();
}

/** Replaces the consumer by one with these settings, before the keeper can create it. */
async function replaceConsumer(changes: Partial<ConsumerConfig>): Promise<void> {
  await world.keeper.hold();
  await operator.consumers.delete(stream.name, durable);
  const settings = { durable_name: durable, ack_policy: AckPolicy.Explicit, ...changes };
  await operator.consumers.add(stream.name, settings);
  world.keeper.release();
}

async function consumesEvents(): Promise<void> {
  const event = userEvent('user.created', clerkUser(newClerkId()));
  expect(await world.outcomeOf(await world.publish(event), PATIENCE.timeoutMs)).toMatchObject({ decision: 'create' });
}

const ready = (app: INestApplication) =>
  eventually(async () => expect(await readinessOf(app)).toMatchObject({ status: 200, down: [] }), PATIENCE);

describe('user-sync', () => {
  it('creates no stream: names the missing ones in readiness and once in the log, and answers requests', async () => {
    await world.keeper.hold();
    await deleteStreams();
    const app = await boot();
    const missing = {
      streams: `the stream CLERK_EVENTS ${isAbsent}; the stream CLERK_OUTCOMES ${isAbsent}`,
      consumers: `the consumer user-sync of CLERK_EVENTS ${isAbsent}`,
    };
    for (let times = 0; times < 3; times += 1) {
      expect(await readinessOf(app)).toEqual({
        status: 503,
        down: Object.keys(missing),
        said: Object.values(missing),
      });
    }
    const absent = ['consumer user-sync of CLERK_EVENTS', 'stream CLERK_EVENTS', 'stream CLERK_OUTCOMES'];
    expect(contractLines()).toEqual(absent.map((name) => `the ${name} ${isAbsent}`));
    expect((await member(world)).principal).toMatchObject({ role: 'user' });
    const names = await operator.streams.names().next();
    expect(names.filter((name) => name.startsWith('CLERK_'))).toEqual([]);
    world.keeper.release();
    await ready(app);
    await consumesEvents();
    expect(contractLines()).toHaveLength(2 * absent.length);
  });

  it.each([
    ['the streams are deleted', deleteStreams],
    ['NATS loses its store', loseStore],
  ])('consumes again, and publishes the outcomes that it could not publish, after %s', async (_, lose) => {
    const app = await boot();
    const { user, about, release } = await heldEvent(world);
    await world.keeper.hold();
    await lose();
    await eventually(async () => expect(await readinessOf(app)).toMatchObject({ down: ['streams', 'consumers'] }));
    release();
    await eventually(() => logged.includes('consumer paused during an outage'));
    expect(await world.decisionsOf(user.id)).toEqual(['create', 'apply']);
    world.keeper.release();
    expect(await world.outcomeOf(about, PATIENCE.timeoutMs)).toMatchObject({ decision: 'apply', attempt: 0 });
    await consumesEvents();
    await ready(app);
    expect(await world.decisionsOf(user.id)).toEqual(['create', 'apply']);
  });

  it('uses a consumer that differs in a harmless setting, and logs once which command corrects it', async () => {
    await replaceConsumer({ max_ack_pending: 500 });
    const app = await boot();
    await consumesEvents();
    for (let times = 0; times < 3; times += 1) await ready(app);
    const differs = 'the consumer user-sync of CLERK_EVENTS differs from its contract in max_ack_pending';
    expect(contractLines()).toEqual([
      `${differs}: run nats-setup of the newest release ("npm run nats:setup" in a checkout)`,
    ]);
    expect((await operator.consumers.info(stream.name, durable)).config.max_ack_pending).toBe(500);
  });

  it.each([
    ['ack_policy', { ack_policy: AckPolicy.None }],
    ['filter_subject', { filter_subject: 'clerk.events.user.created' }],
    ['deliver_subject', { deliver_subject: 'events.of.user-sync' }],
  ])(
    'consumes nothing from a consumer with another %s, reports it, and continues once it is corrected',
    async (field, changes) => {
      await replaceConsumer(changes);
      const user = clerkUser(newClerkId());
      const about = await world.publish(userEvent('user.created', user));
      const app = await boot();
      const differs = new RegExp(
        `^the consumer user-sync of CLERK_EVENTS differs from its contract in .*\\b${field}\\b.* cannot be used: run nats-setup `,
      );
      for (let times = 0; times < 3; times += 1) {
        expect(await readinessOf(app)).toEqual({
          status: 503,
          down: ['consumers'],
          said: [expect.stringMatching(differs)],
        });
      }
      expect(contractLines()).toHaveLength(1);
      expect(await world.user(user.id)).toBeUndefined();
      expect((await operator.consumers.info(stream.name, durable)).delivered.consumer_seq).toBe(0);
      await operator.consumers.delete(stream.name, durable);
      expect(await world.outcomeOf(about, PATIENCE.timeoutMs)).toMatchObject({ decision: 'create' });
      await ready(app);
    },
  );
});
