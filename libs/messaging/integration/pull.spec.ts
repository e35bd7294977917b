import { type ConsumerContract, clerkEventsStream, eventsConsumer, inboxPrefix } from '@gatehouse/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { type OwnNats, eventually } from '@gatehouse/testing';
import { JetStream } from '../src/jetstream';
import { type NatsClient } from '../src/nats-client';
import { PullSubscription } from '../src/pull';
import { startClient, startNats } from './messaging-app';

const consumer: ConsumerContract = { ...eventsConsumer, batchSize: 10 };
/** Longer than Jest waits: who is kept until then fails. */
const FOR_EVER_MS = 600_000;

let nats: OwnNats;
let ingest: NatsClient;
let sync: NatsClient;
let stop: AbortController;

beforeEach(async () => {
  nats = await startNats();
  [ingest, sync] = [startClient(nats, 'webhook-ingest'), startClient(nats, 'user-sync')];
  stop = new AbortController();
  await eventually(() => ingest.connected && sync.connected);
  await new JetStream(sync).ensureConsumer(consumer);
});

afterEach(async () => {
  stop.abort();
  await Promise.all([ingest.close(), sync.close()]);
  await nats.dispose();
});

async function publish(...texts: string[]): Promise<void> {
  for (const text of texts) {
    const data = new TextEncoder().encode(text);
    const message = { stream: clerkEventsStream, subject: 'clerk.events.test', messageId: text, data };
    await new JetStream(ingest).publish(message);
  }
}

/** The messages of the next batch, as texts. */
async function next(): Promise<string[]> {
  const pull = new PullSubscription(sync.get(), consumer, inboxPrefix('user-sync'));
  const { deliveries } = await pull.next(FOR_EVER_MS, stop.signal);
  return deliveries.map(({ data }) => new TextDecoder().decode(data));
}

it('a message that comes where nothing is there is handed over at once, whether or not more will come', async () => {
  const first = next();
  // Its first request was answered, with nothing; now it waits.
  const manager = await jetstreamManager(sync.get(), { checkAPI: false });
  await eventually(
    async () => (await manager.consumers.info(consumer.stream.name, consumer.durable)).num_waiting === 1,
  );
  await publish('first');
  expect(await first).toEqual(['first']);
});

it('a message is handed over although nobody is told more because too many are not acknowledged', async () => {
  await new JetStream(sync).ensureConsumer({ ...consumer, maxAckPending: 2 });
  await publish('a', 'b', 'c');
  expect(await next()).toEqual(['a', 'b']);
});

it('messages that are there are handed over together, in their order and at once, though they fill no batch', async () => {
  await publish('a', 'b', 'c');
  expect(await next()).toEqual(['a', 'b', 'c']);
});
