import { type ConsumerContract, clerkEventsStream, eventsConsumer } from '@gatehouse/contracts';
import { type OwnNats, eventually } from '@gatehouse/testing';
import { AckPolicy, DiscardPolicy, StorageType, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import { Controller, type INestApplication } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type StreamMessage } from '../src/stream-message';
import { SharedOutageError } from '../src/errors';
import { JetStream } from '../src/jetstream';
import { ConsumerHandler, type JetStreamServerOptions } from '../src/jetstream-server';
import { type BatchControl } from '../src/settle-batch';
import { NatsClient } from '../src/nats-client';
import { consumersReadiness } from '../src/readiness';
import { startApp, startClient, startNats } from './messaging-app';

/** `ack_wait` is longer than a busy machine pauses. A test that waits for its end uses a short one. */
const consumer: ConsumerContract = { ...eventsConsumer, ackWaitMs: 30_000, batchSize: 10 };
const SHORT_MS = 1_000;
/** Short enough for a test to wait, and long enough for a busy machine to report progress in time. */
const KEPT_MS = 4_000;

let nats: OwnNats;
let app: INestApplication | undefined;
let publisher: NatsClient;
let jetStream: JetStream;
let batches: string[][];
let behave: (batch: readonly StreamMessage[], texts: string[], control: BatchControl) => Promise<void>;

@Controller()
class EventConsumer {
  @ConsumerHandler(consumer)
  async handle(@Payload() batch: readonly StreamMessage[], @Ctx() control: BatchControl): Promise<void> {
    const texts = batch.map(({ data }) => new TextDecoder().decode(data));
    batches.push(texts);
    await behave(batch, texts, control);
  }
}

const start = (options: JetStreamServerOptions = {}) =>
  startApp(nats, 'user-sync', [EventConsumer], () => Promise.reject(new Error('no requests')) as never, options);

function publish(text: string, id = text) {
  return jetStream.publish({
    stream: clerkEventsStream,
    subject: 'clerk.events.test',
    messageId: id,
    data: new TextEncoder().encode(text),
  });
}

const handled = () => batches.flat();

beforeEach(async () => {
  batches = [];
  behave = () => Promise.resolve();
  nats = await startNats();
  publisher = startClient(nats, 'webhook-ingest');
  jetStream = new JetStream(publisher);
  await eventually(() => publisher.connected);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await publisher.close();
  await nats.dispose();
});

describe('a publish', () => {
  it('creates the stream and returns the sequence of the message', async () => {
    const first = await publish('a');
    expect(first).toMatchObject({ sequence: 1, duplicate: false });
    expect(first.streamCreatedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('stores the same message id once', async () => {
    await publish('a', 'same');
    expect(await publish('b', 'same')).toMatchObject({ sequence: 1, duplicate: true });
  });

  it('creates the stream again when it was deleted while connected', async () => {
    const before = await publish('a');
    await nats.stop();
    nats.loseStore();
    await nats.start();
    const after = await eventually(() => publish('b'));
    expect(after.sequence).toBe(1);
    expect(after.streamCreatedAt.getTime()).toBeGreaterThan(before.streamCreatedAt.getTime());
  });

  it('fails at once while NATS is unavailable', async () => {
    await nats.stop();
    await eventually(() => !publisher.connected);
    await expect(publish('a')).rejects.toMatchObject({ code: 'NATS_DISCONNECTED' });
  });
});

describe('the configuration in NATS', () => {
  const asAdministrator = async () => {
    const connection = await connect({
      servers: nats.url,
      user: 'administrator',
      pass: 'administrator',
      timeout: 20_000,
    });
    return { manager: await jetstreamManager(connection), close: () => connection.close() };
  };
  let syncClient: NatsClient;
  let sync: JetStream;

  beforeEach(async () => {
    syncClient = startClient(nats, 'user-sync');
    sync = new JetStream(syncClient);
    await eventually(() => syncClient.connected);
  });

  afterEach(() => syncClient.close());

  it('of a consumer is updated to its contract, and the consumer continues at its position', async () => {
    await publish('a');
    await sync.ensureConsumer(consumer);
    const { manager, close } = await asAdministrator();
    await manager.consumers.update('CLERK_EVENTS', 'user-sync', {
      ...{ ack_wait: nanos(9_000), max_ack_pending: 7, max_deliver: 3, filter_subject: 'clerk.events.other' },
    });
    await close();
    const { ackWaitMs, maxAckPending } = consumer;
    const config = { ack_wait: nanos(ackWaitMs), max_ack_pending: maxAckPending, max_deliver: -1 };
    const { config: found, num_pending: waiting } = await sync.ensureConsumer(consumer);
    expect(found).toMatchObject(config);
    expect(found.filter_subject).toBeUndefined();
    expect(waiting).toBe(1);
    const other = { ...consumer, ackWaitMs: 4_000, maxAckPending: 11 };
    expect((await sync.ensureConsumer(other)).config).toMatchObject({ ack_wait: nanos(4_000), max_ack_pending: 11 });
  });

  it('of a consumer that NATS does not update is reported by its fields, and not changed', async () => {
    await publish('a');
    const { manager, close } = await asAdministrator();
    await manager.consumers.add('CLERK_EVENTS', { durable_name: 'user-sync', ack_policy: AckPolicy.None });
    await expect(sync.ensureConsumer(consumer)).rejects.toMatchObject({
      code: 'JETSTREAM_CONFIGURATION',
      fields: expect.arrayContaining(['ack_policy']) as string[],
      message: expect.stringContaining('the consumer user-sync of CLERK_EVENTS differs from its contract in') as string,
    });
    expect((await manager.consumers.info('CLERK_EVENTS', 'user-sync')).config.ack_policy).toBe(AckPolicy.None);
    await close();
  });

  it('of a stream is updated to its contract, and the stream keeps its messages', async () => {
    await publish('a');
    const { manager, close } = await asAdministrator();
    await manager.streams.update('CLERK_EVENTS', { max_age: nanos(3_600_000), discard: DiscardPolicy.Old });
    await jetStream.ensureStream(clerkEventsStream);
    const { config, state } = await manager.streams.info('CLERK_EVENTS');
    await close();
    expect(config).toMatchObject({ max_age: nanos(clerkEventsStream.maxAgeMs), discard: DiscardPolicy.New });
    expect(state.messages).toBe(1);
  });

  it('of a stream that NATS does not update is reported by its fields', async () => {
    const { manager, close } = await asAdministrator();
    await manager.streams.add({ name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], storage: StorageType.Memory });
    await close();
    await expect(jetStream.ensureStream(clerkEventsStream)).rejects.toMatchObject({
      code: 'JETSTREAM_CONFIGURATION',
      fields: expect.arrayContaining(['storage']) as string[],
    });
  });

  it('of a stream that NATS refused is reported until somebody corrects it', async () => {
    await expect(jetStream.checkStream(clerkEventsStream)).rejects.toMatchObject({ code: 'STREAM_MISSING' });
    const { manager, close } = await asAdministrator();
    await manager.streams.add({ name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], storage: StorageType.Memory });
    await expect(jetStream.ensureStream(clerkEventsStream)).rejects.toThrow();
    await expect(jetStream.checkStream(clerkEventsStream)).rejects.toMatchObject({
      code: 'JETSTREAM_CONFIGURATION',
      message: expect.stringContaining('the stream CLERK_EVENTS differs from its contract in') as string,
    });
    await manager.streams.delete('CLERK_EVENTS');
    await close();
    await sync.ensureStream(clerkEventsStream);
    await expect(jetStream.checkStream(clerkEventsStream)).resolves.toBeUndefined();
  });

  it('of a stream that NATS refuses to create is reported with the reason', async () => {
    const { manager, close } = await asAdministrator();
    await manager.streams.add({ name: 'OTHER', subjects: ['clerk.>'] });
    const refusal = {
      code: 'JETSTREAM_CONFIGURATION',
      message: expect.stringMatching(/^NATS refuses to make the stream CLERK_EVENTS: subjects overlap/) as string,
    };
    await expect(jetStream.ensureStream(clerkEventsStream)).rejects.toMatchObject(refusal);
    await expect(jetStream.checkStream(clerkEventsStream)).rejects.toMatchObject(refusal);
    await manager.streams.delete('OTHER');
    await close();
    await jetStream.ensureStream(clerkEventsStream);
    await expect(jetStream.checkStream(clerkEventsStream)).resolves.toBeUndefined();
  });

  it('of a consumer that NATS refuses is reported until it is corrected, and then the consumer continues', async () => {
    await publish('a');
    const { manager, close } = await asAdministrator();
    await manager.consumers.add('CLERK_EVENTS', { durable_name: 'user-sync', ack_policy: AckPolicy.None });
    app = await start();
    const { check } = consumersReadiness(app.get(JetStream), [consumer]);
    await eventually(() =>
      expect(check).toThrow(/^the consumer user-sync of CLERK_EVENTS differs from its contract in .*ack_policy.*: ./),
    );
    expect(handled()).toEqual([]);
    await manager.consumers.delete('CLERK_EVENTS', 'user-sync');
    await close();
    await eventually(() => expect(handled()).toEqual(['a']));
    expect(check).not.toThrow();
  });
});

describe('a consumer', () => {
  it('receives everything that was published, in order and in batches', async () => {
    for (let n = 0; n < 35; n += 1) await publish(`m${n}`);
    app = await start();
    await eventually(() => expect(handled()).toHaveLength(35));
    expect(handled()).toEqual(Array.from({ length: 35 }, (_, n) => `m${n}`));
    expect(batches[0]).toHaveLength(10);
  });

  it('receives a message that is published while it waits', async () => {
    app = await start();
    await publish('late');
    await eventually(() => expect(handled()).toEqual(['late']));
  });

  it('does not receive messages again that its handler has settled', async () => {
    await publish('once');
    app = await start();
    await eventually(() => expect(handled()).toEqual(['once']));
    await app.close();
    app = await start();
    await publish('next');
    await eventually(() => expect(handled()).toEqual(['once', 'next']));
  });

  it('handles a failed batch one by one, so that an invalid message does not fail the others', async () => {
    behave = (_batch, texts) => (texts.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve());
    for (const text of ['a', 'bad', 'b']) await publish(text);
    app = await start({ ackWaitMs: SHORT_MS });
    await eventually(() => expect(batches).toEqual(expect.arrayContaining([['a'], ['bad'], ['b']])));
    behave = () => Promise.resolve();
    await eventually(() => expect(batches.filter((batch) => batch.includes('bad')).length).toBeGreaterThan(2));
    const settled = handled().filter((text) => text === 'a').length;
    await publish('c');
    await eventually(() => expect(handled()).toContain('c'));
    expect(handled().filter((text) => text === 'a')).toHaveLength(settled);
  });

  it('pauses during a shared outage and then handles the same messages', async () => {
    let outages = 2;
    const counts: number[] = [];
    behave = (batch) => {
      counts.push(...batch.map(({ timesDelivered }) => timesDelivered));
      return outages-- > 0 ? Promise.reject(new SharedOutageError('the database')) : Promise.resolve();
    };
    await publish('held');
    app = await start();
    await eventually(() => expect(batches).toEqual([['held'], ['held'], ['held']]));
    expect(counts).toEqual([1, 1, 1]);
  });

  it('keeps a message while its handler takes longer than ack_wait', async () => {
    let release: () => void = () => undefined;
    behave = () => new Promise((resolve) => (release = resolve));
    await publish('slow');
    app = await start({ ackWaitMs: KEPT_MS });
    await eventually(() => expect(handled()).toEqual(['slow']));
    const until = performance.now() + 1.5 * KEPT_MS;
    await eventually(() => performance.now() > until);
    release();
    await app.close();
    behave = () => Promise.resolve();
    app = await start();
    await publish('after');
    await eventually(() => expect(handled()).toEqual(['slow', 'after']));
  });

  it('keeps its messages when a replica with a shorter ack_wait connects', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    behave = (_batch, texts) => (texts.includes('slow') ? released : Promise.resolve());
    await publish('slow');
    app = await start({ ackWaitMs: 30_000 });
    await eventually(() => expect(handled()).toEqual(['slow']));
    const other = await start({ ackWaitMs: KEPT_MS });
    try {
      await publish('next');
      await eventually(() => expect(handled()).toEqual(['slow', 'next']));
      const until = performance.now() + 1.5 * KEPT_MS;
      await eventually(() => performance.now() > until);
      expect(handled()).toEqual(['slow', 'next']);
    } finally {
      release();
      await other.close();
    }
  });

  it('receives the next batch, but not a third one, after startNext while it finishes the first', async () => {
    const finish: (() => void)[] = [];
    behave = (_batch, _texts, control) => {
      control.startNext();
      return new Promise((resolve) => finish.push(resolve));
    };
    app = await start();
    for (const text of ['a', 'b', 'c']) {
      await publish(text);
      if (text !== 'c') await eventually(() => expect(handled()).toContain(text));
    }
    await eventually(async () => {
      const { num_ack_pending: inHand, num_pending: waiting } = await jetStream.ensureConsumer(consumer);
      expect({ inHand, waiting }).toEqual({ inHand: 2, waiting: 1 });
    });
    expect(handled()).toEqual(['a', 'b']);
    finish[0]?.();
    await eventually(() => expect(handled()).toEqual(['a', 'b', 'c']));
    for (const end of finish) end();
  });

  it('does not take its own messages for those of a crashed process when NATS reconnects', async () => {
    let finish: () => void = () => undefined;
    behave = (_batch, _texts, control) => {
      control.startNext();
      return new Promise((resolve) => (finish = resolve));
    };
    app = await start();
    await publish('in hand');
    await eventually(() => expect(handled()).toEqual(['in hand']));
    const client = app.get(NatsClient);
    // Stopped in order: a killed NATS may forget a delivery, and deliver to a pull that no longer exists.
    await nats.stop();
    await eventually(() => !client.connected);
    await nats.start();
    await eventually(() => client.connected);
    await eventually(() => publish('b'));
    await eventually(() => publish('c'));
    behave = () => Promise.resolve();
    finish();
    // After a crash the messages would arrive one by one.
    await eventually(() => expect(batches).toContainEqual(['b', 'c']));
  });

  it('finishes a batch that has called startNext before it closes', async () => {
    let finish: () => void = () => undefined;
    behave = (_batch, _texts, control) => {
      control.startNext();
      return new Promise((resolve) => (finish = resolve));
    };
    await publish('in hand');
    app = await start();
    await eventually(() => expect(handled()).toEqual(['in hand']));
    const closed = app.close();
    finish();
    await closed;
    app = undefined;
    expect((await jetStream.ensureConsumer(consumer)).ack_floor.stream_seq).toBe(1);
  });

  it('continues after nats-server was killed and started again', async () => {
    app = await start();
    await publish('before');
    await eventually(() => expect(handled()).toContain('before'));
    await nats.kill();
    await nats.start();
    await eventually(() => publish('after'));
    await eventually(() => expect(handled()).toContain('after'));
  });

  it('creates stream and consumer again after the store was lost', async () => {
    app = await start();
    await publish('before');
    await eventually(() => expect(handled()).toContain('before'));
    await nats.kill();
    nats.loseStore();
    await nats.start();
    await eventually(() => publish('after'));
    await eventually(() => expect(handled()).toContain('after'));
  });

  it('finishes its messages before it closes', async () => {
    let release: () => void = () => undefined;
    behave = () => new Promise((resolve) => (release = resolve));
    await publish('in hand');
    app = await start();
    await eventually(() => expect(handled()).toEqual(['in hand']));
    const closed = app.close();
    release();
    await closed;
    app = undefined;
    await eventually(async () => expect((await jetStream.ensureConsumer(consumer)).ack_floor.stream_seq).toBe(1));
    app = await start();
    behave = () => Promise.resolve();
    await publish('next');
    await eventually(() => expect(handled()).toEqual(['in hand', 'next']));
  });
});
