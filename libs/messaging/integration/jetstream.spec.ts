import { type ConsumerContract, clerkEventsStream, eventsConsumer, setupIdentity, streams } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { OPERATOR, type OwnNats, PATIENCE_MS, eventually, startOwnNats } from '@gatehouse/testing';
import { AckPolicy, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import { Controller, type INestApplication } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type StreamMessage } from '../src/stream-message';
import { SharedOutageError } from '../src/errors';
import { JetStream } from '../src/jetstream';
import { ConsumerHandler } from '../src/jetstream-server';
import { type BatchControl } from '../src/settle-batch';
import { NatsClient } from '../src/nats-client';
import { consumersReadiness, streamsReadiness } from '../src/readiness';
import { type EnvelopeVerifier } from '../src/request-server';
import { StreamMaker } from '../src/stream-maker';
import { type Keeper, startApp, startClient, startKeeper } from './messaging-app';

/** `ack_wait` is longer than a busy machine pauses. A test that waits for its end uses a short one. */
const consumer: ConsumerContract = { ...eventsConsumer, ackWaitMs: 30_000, batchSize: 10 };
const SHORT_MS = 1_000;
/** Short enough for a test to wait, and long enough for a busy machine to report progress in time. */
const KEPT_MS = 8_000;

let nats: OwnNats;
let keeper: Keeper;
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

const noRequests: EnvelopeVerifier = () => {
  throw new Error('no requests');
};
const start = () => startApp(nats, 'user-sync', [EventConsumer], noRequests);

/** Gives the consumer this `ack_wait`, as a deployment may choose. */
async function chooseAckWait(ackWaitMs: number): Promise<void> {
  await setup((maker) => maker.apply(eventsConsumer), ackWaitMs);
}

/** Uses JetStream as an operator. */
async function operate<Value>(work: (manager: JetStreamManager) => Promise<Value>): Promise<Value> {
  const connection = await connect({ ...nats.as(OPERATOR), timeout: PATIENCE_MS });
  try {
    return await work(await jetstreamManager(connection, { timeout: PATIENCE_MS }));
  } finally {
    await connection.close();
  }
}

/** Changes streams and consumers as `nats-setup`. */
async function setup<Value>(work: (maker: StreamMaker) => Promise<Value>, ackWaitMs?: number): Promise<Value> {
  const client = startClient(nats, setupIdentity);
  try {
    await eventually(() => client.connected);
    return await work(new StreamMaker(client, { replicas: 1, ...(ackWaitMs !== undefined && { ackWaitMs }) }));
  } finally {
    await client.close();
  }
}

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
  nats = await startOwnNats();
  keeper = await startKeeper(nats);
  publisher = startClient(nats, 'webhook-ingest');
  jetStream = new JetStream(publisher);
  await eventually(() => publisher.connected);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await Promise.all([publisher.close(), keeper.stop()]);
  await nats.dispose();
});

describe('a publish', () => {
  it('returns the sequence of the message and the creation time of the stream', async () => {
    const first = await publish('a');
    expect(first).toMatchObject({ sequence: 1, duplicate: false });
    expect(first.streamCreatedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('fails at once while the stream is missing, and says who creates it', async () => {
    await keeper.stop();
    await operate((manager) => manager.streams.delete('CLERK_EVENTS'));
    await eventually(() =>
      expect(publish('a')).rejects.toMatchObject({
        code: 'CONTRACT_ABSENT',
        message: 'the stream CLERK_EVENTS does not exist; stream-keeper creates it',
      }),
    );
    keeper = await startKeeper(nats);
    expect(await publish('b')).toMatchObject({ sequence: 1 });
  });

  it('stores the same message id once', async () => {
    await publish('a', 'same');
    expect(await publish('b', 'same')).toMatchObject({ sequence: 1, duplicate: true });
  });

  it('goes to the new stream after the store was lost', async () => {
    const before = await publish('a');
    await nats.stop();
    nats.loseStore();
    await nats.start();
    const after = await eventually(() => publish('b'));
    expect(after.sequence).toBe(1);
    expect(after.streamCreatedAt.getTime()).toBeGreaterThan(before.streamCreatedAt.getTime());
  });

  it('stays when messages up to a sequence before the first one are removed', async () => {
    for (const text of ['a', 'b', 'c']) await publish(text);
    expect(await jetStream.purgeUpTo(clerkEventsStream, 0)).toBe(0);
    expect(await jetStream.purgeUpTo(clerkEventsStream, 1)).toBe(1);
    expect(await jetStream.streamState(clerkEventsStream)).toMatchObject({ firstSequence: 2, lastSequence: 3 });
  });

  it('fails at once while NATS is unavailable', async () => {
    await nats.stop();
    await eventually(() => !publisher.connected);
    await expect(publish('a')).rejects.toMatchObject({ code: 'NATS_DISCONNECTED' });
  });
});

describe('a stream or consumer that differs from its contract', () => {
  let lines: string[];
  let observed: JetStream;
  let sync: NatsClient;

  beforeEach(async () => {
    lines = [];
    const write = (line: string) => void lines.push((JSON.parse(line) as { message: string }).message);
    sync = startClient(nats, 'user-sync');
    observed = new JetStream(sync, createLogger({ service: 'test', level: 'info' }, { write }));
    await eventually(() => sync.connected);
    await keeper.stop();
  });

  afterEach(() => sync.close());

  it('is used and logged once when the difference does no harm, and again when it is gone', async () => {
    await operate((manager) => manager.streams.update('CLERK_EVENTS', { max_age: nanos(3_600_000) }));
    await operate((manager) => manager.consumers.update('CLERK_EVENTS', 'user-sync', { max_ack_pending: 7 }));
    for (let n = 0; n < 2; n += 1) {
      await observed.checkStream(clerkEventsStream);
      await observed.checkConsumer(eventsConsumer);
    }
    expect(lines).toEqual([
      'the stream CLERK_EVENTS differs from its contract in max_age: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
      'the consumer user-sync of CLERK_EVENTS differs from its contract in max_ack_pending: run nats-setup of the newest release ("npm run nats:setup" in a checkout)',
    ]);
    await setup((maker) => maker.apply(clerkEventsStream));
    await observed.checkStream(clerkEventsStream);
    expect(lines.at(-1)).toBe('the stream CLERK_EVENTS matches its contract again');
  });

  it('is not reported for the ack_wait that a deployment chose', async () => {
    await operate((manager) => manager.consumers.update('CLERK_EVENTS', 'user-sync', { ack_wait: nanos(9_000) }));
    expect(await observed.checkConsumer(eventsConsumer)).toMatchObject({ ackWaitMs: 9_000 });
    expect(lines).toEqual([]);
  });

  it('cannot be used when the stream lacks a subject', async () => {
    await operate((manager) => manager.streams.update('CLERK_EVENTS', { subjects: ['clerk.events.user.>'] }));
    await expect(observed.checkStream(clerkEventsStream)).rejects.toMatchObject({
      code: 'CONTRACT_MISMATCH',
      message: expect.stringContaining('differs from its contract in subjects and cannot be used') as string,
    });
  });

  it('cannot be used when the stream acknowledges nothing', async () => {
    await operate((manager) => manager.streams.update('CLERK_EVENTS', { no_ack: true }));
    await expect(observed.checkStream(clerkEventsStream)).rejects.toMatchObject({
      code: 'CONTRACT_MISMATCH',
      message: expect.stringContaining('differs from its contract in no_ack') as string,
    });
  });

  it('cannot be used when the consumer filters messages, and is consumed again after it was corrected', async () => {
    await operate((manager) =>
      manager.consumers.update('CLERK_EVENTS', 'user-sync', { filter_subject: 'clerk.events.other' }),
    );
    app = await start();
    const readiness = consumersReadiness(app.get(JetStream), [consumer]);
    const what =
      /^the consumer user-sync of CLERK_EVENTS differs from its contract in .*filter_subject.* cannot be used/;
    await expect(readiness.check()).rejects.toThrow(what);
    await publish('a');
    await setup((maker) => maker.apply(eventsConsumer));
    await eventually(() => expect(handled()).toEqual(['a']));
    await expect(readiness.check()).resolves.toBeUndefined();
  });

  it('cannot be used while the consumer needs no acknowledgement', async () => {
    await operate(async (manager) => {
      await manager.consumers.delete('CLERK_EVENTS', 'user-sync');
      await manager.consumers.add('CLERK_EVENTS', { durable_name: 'user-sync', ack_policy: AckPolicy.None });
    });
    await expect(observed.checkConsumer(eventsConsumer)).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' });
  });
});

describe('a stream or consumer that is missing', () => {
  it('is named by readiness, together with every other one', async () => {
    await keeper.stop();
    await operate(async (manager) => {
      for (const { name } of streams) await manager.streams.delete(name);
    });
    app = await startApp(nats, 'webhook-ingest', [], noRequests);
    const { check } = streamsReadiness(app.get(JetStream), streams);
    await eventually(() =>
      expect(check()).rejects.toThrow(
        'the stream CLERK_EVENTS does not exist; stream-keeper creates it; ' +
          'the stream CLERK_OUTCOMES does not exist; stream-keeper creates it',
      ),
    );
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
    await chooseAckWait(SHORT_MS);
    app = await start();
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
    await chooseAckWait(KEPT_MS);
    app = await start();
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
      expect(await jetStream.consumerState(consumer)).toMatchObject({ unacknowledged: 2, waiting: 1 });
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
    expect(await jetStream.consumerState(consumer)).toMatchObject({ ackFloor: 1 });
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

  it('continues by itself after the store was lost and stream-keeper has created everything again', async () => {
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
    await eventually(async () => expect(await jetStream.consumerState(consumer)).toMatchObject({ ackFloor: 1 }));
    app = await start();
    behave = () => Promise.resolve();
    await publish('next');
    await eventually(() => expect(handled()).toEqual(['in hand', 'next']));
  });
});
