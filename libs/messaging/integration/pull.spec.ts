import {
  type ConsumerContract,
  clerkEventsStream,
  eventsConsumer,
  inboxPrefix,
  setupIdentity,
} from '@gatehouse/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
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

it('a pull without available messages returns the first one as soon as it is published', async () => {
  const first = next();
  // The first request got no message; now the pull waits.
  const manager = await jetstreamManager(setup.get(), { checkAPI: false });
  await eventually(
    async () => (await manager.consumers.info(consumer.stream.name, consumer.durable)).num_waiting === 1,
  );
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
