import {
  type ConsumerContract,
  clerkEventsStream,
  eventsConsumer,
  inboxPrefix,
  setupIdentity,
} from '@gatehouse/contracts';
import { type ConsumerInfo, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type OwnNats, TcpProxy, eventually, startOwnNats } from '@gatehouse/testing';
import { JetStream } from '../src/jetstream';
import { type NatsClient } from '../src/nats-client';
import { PullSubscription } from '../src/pull';
import { StreamMaker } from '../src/stream-maker';
import { startClient } from './messaging-app';

const consumer: ConsumerContract = { ...eventsConsumer, batchSize: 10 };
/** Longer than the timeout of Jest, so that a pull that waits to the end fails its test. */
const FOR_EVER_MS = 600_000;

let nats: OwnNats;
let ingest: NatsClient;
let sync: NatsClient;
let setup: NatsClient;
let maker: StreamMaker;
let stop: AbortController;

beforeEach(async () => {
  nats = await startOwnNats();
  [ingest, sync] = [startClient(nats, 'webhook-ingest'), startClient(nats, 'user-sync')];
  setup = startClient(nats, setupIdentity);
  maker = new StreamMaker(setup, { replicas: 1 });
  stop = new AbortController();
  await eventually(() => ingest.connected && sync.connected && setup.connected);
  await maker.createAll();
});

afterEach(async () => {
  stop.abort();
  await Promise.all([ingest, sync, setup].map((client) => client.close()));
  await nats.dispose();
});

async function publish(...texts: string[]): Promise<void> {
  for (const text of texts) {
    const data = new TextEncoder().encode(text);
    const message = { stream: clerkEventsStream, subject: 'clerk.events.test', messageId: text, data };
    await new JetStream(ingest).publish(message);
  }
}

/** Pulls the next batch and returns its messages as texts. */
async function next(): Promise<string[]> {
  const pull = new PullSubscription(sync.get(), consumer, inboxPrefix('user-sync'));
  const { messages } = await pull.next(FOR_EVER_MS, stop.signal);
  return messages.map(({ data }) => new TextDecoder().decode(data));
}

async function consumerInfo(): Promise<ConsumerInfo> {
  const manager = await jetstreamManager(setup.get(), { checkAPI: false });
  return manager.consumers.info(consumer.stream.name, consumer.durable);
}

it('a pull without available messages returns the first one as soon as it is published', async () => {
  const first = next();
  // The first request got no message; now the pull waits.
  await eventually(async () => (await consumerInfo()).num_waiting === 1);
  await publish('first');
  expect(await first).toEqual(['first']);
});

it('a pull returns a message although the consumer has reached max_ack_pending', async () => {
  await maker.apply({ ...consumer, maxAckPending: 2 });
  await publish('a', 'b', 'c');
  expect(await next()).toEqual(['a', 'b']);
});

it('a pull returns the available messages at once and in order, even when they do not fill the batch', async () => {
  await publish('a', 'b', 'c');
  expect(await next()).toEqual(['a', 'b', 'c']);
});

it('a message that arrives after its pull has ended is redelivered at once, and not after ack_wait', async () => {
  await maker.apply({ ...consumer, ackWaitMs: FOR_EVER_MS });
  const proxy = await TcpProxy.start(nats.url);
  // Not a NatsClient, which would reconnect if the stall lasts.
  const slow = await connect({ ...nats.as('user-sync'), servers: proxy.url });
  const giveUp = new AbortController();
  const pulled = new PullSubscription(slow, consumer, inboxPrefix('user-sync')).next(FOR_EVER_MS, giveUp.signal);
  await eventually(async () => (await consumerInfo()).num_waiting === 1);
  proxy.stall();
  await publish('late');
  await eventually(async () => (await consumerInfo()).num_ack_pending === 1);
  giveUp.abort();
  expect(await pulled).toEqual({ messages: [] });
  proxy.resume();
  expect(await next()).toEqual(['late']);
  await slow.close();
  await proxy.cut();
});
