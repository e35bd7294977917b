import { clerkEventsStream, clerkOutcomesStream, jetStreamApiPrefix, outcomesConsumer } from '@gatehouse/contracts';
import { OpsServer } from '@gatehouse/observability';
import { PATIENCE_MS, eventually } from '@gatehouse/testing';
import { nanos } from '@nats-io/transport-node';
import { EventPublisher } from '../src/publish-event/event-publisher';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';
import { PlayedUserSync } from './played-user-sync';

const EVENTS = clerkEventsStream.name;
const OUTCOMES = clerkOutcomesStream.name;
const COUNT = 20;

let harness: IngestHarness;
let ingest: Ingest;
let sync: PlayedUserSync;

beforeEach(async () => {
  harness = await IngestHarness.create();
  sync = new PlayedUserSync(harness.client('user-sync'));
  ingest = await harness.start();
});

afterEach(() => harness.dispose());

/** Delivers events; each must get 200. Returns their webhook ids. */
async function deliverMany(count = COUNT): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const answers = await Promise.all(ids.map((id) => deliver(ingest.url, userCreated(), { id })));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
  return ids;
}

async function haveStatus(ids: readonly string[], status: string): Promise<void> {
  const rows = await harness.sql<{ status: string }>('SELECT status FROM webhook_events WHERE webhook_id = ANY ($1)', [
    ids,
  ]);
  expect(rows.map((row) => row.status)).toEqual(ids.map(() => status));
}

const become = (ids: readonly string[], status: string) => eventually(() => haveStatus(ids, status));
const publishedIds = async () => (await harness.published()).map(({ messageId }) => messageId).sort();
const numbered = (ids: readonly string[], publishNumber: number) => ids.map((id) => `${id}:${publishNumber}`).sort();

interface LogLine {
  readonly level: string;
  readonly message: string;
}

const logLines = () =>
  ingest
    .logs()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
const messages = () => logLines().map(({ message }) => message);
/** Messages that an operator reads at night, without repetitions of the connection to NATS. */
const warnings = () =>
  logLines().flatMap(({ level, message }) =>
    ['warn', 'error'].includes(level) && !message.startsWith('NATS') ? [message] : [],
  );

async function readiness(): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${ingest.app.get(OpsServer).port}/readyz`);
  return { status: response.status, text: await response.text() };
}

const becomeReady = () => eventually(async () => expect((await readiness()).status).toBe(200));

async function loseStore(): Promise<void> {
  await harness.nats.kill();
  harness.nats.loseStore();
  await harness.nats.start();
}

/** Waits until the service has tried to publish and compared the streams several times. */
async function severalRounds(): Promise<void> {
  const until = performance.now() + 1_500;
  await eventually(() => performance.now() > until);
}

it('the service creates no stream, and its NATS user may not', async () => {
  await harness.holdKeeper();
  await harness.administer((manager) => manager.streams.delete(EVENTS));
  const { nats } = harness.client('webhook-ingest');
  await eventually(() => nats.connected);
  const config = JSON.stringify({ name: EVENTS, subjects: clerkEventsStream.subjects });
  for (const prefix of ['$JS.API', jetStreamApiPrefix]) {
    const creation = nats.get().request(`${prefix}.STREAM.CREATE.${EVENTS}`, config, { timeout: PATIENCE_MS });
    await expect(creation).rejects.toThrow(/permissions violation/i);
  }
  await deliverMany(1);
  await severalRounds();
  await expect(harness.administer((manager) => manager.streams.info(EVENTS))).rejects.toThrow('stream not found');
});

describe('while the whole store is lost and stream-keeper is down', () => {
  it('Clerk gets 2xx, readiness and one log line name each missing part, and all is published once afterwards', async () => {
    const before = await deliverMany(3);
    await become(before, 'processing');
    await becomeReady();
    await harness.holdKeeper();
    await loseStore();
    await eventually(async () => {
      const { status, text } = await readiness();
      expect(status).toBe(503);
      for (const part of [`stream ${EVENTS}`, `stream ${OUTCOMES}`, `consumer webhook-ingest of ${OUTCOMES}`]) {
        expect(text).toContain(`the ${part} does not exist; stream-keeper creates it`);
      }
    });
    const ids = await deliverMany();
    await severalRounds();
    await haveStatus(ids, 'pending');
    expect(warnings().sort()).toEqual(
      [`consumer webhook-ingest of ${OUTCOMES}`, `stream ${EVENTS}`, `stream ${OUTCOMES}`].map(
        (part) => `the ${part} does not exist; stream-keeper creates it`,
      ),
    );

    harness.releaseKeeper();
    await become(ids, 'processing');
    await eventually(async () =>
      expect(await publishedIds()).toEqual([...numbered(before, 2), ...numbered(ids, 1)].sort()),
    );
    await becomeReady();
    for (const name of [EVENTS, OUTCOMES]) {
      const line = `the stream ${name} matches its contract again`;
      expect(messages().filter((message) => message === line)).toHaveLength(1);
    }
    await sync.settle(before.length + ids.length);
    await become([...before, ...ids], 'success');
    expect(await publishedIds()).toEqual([...numbered(before, 2), ...numbered(ids, 1)].sort());
  });
});

describe('a stream that is deleted while the service is connected', () => {
  it('as CLERK_EVENTS, keeps events pending without a log line for each, and publishes them once when it exists', async () => {
    const before = await deliverMany(1);
    await become(before, 'processing');
    await harness.holdKeeper();
    await harness.administer((manager) => manager.streams.delete(EVENTS));
    const ids = await deliverMany();
    // The first publishes fail before the service knows that the stream is missing; nats-server 2.9 does not answer them.
    await ingest.app.get(EventPublisher).idle();
    await haveStatus(ids, 'pending');
    expect(warnings().filter((message) => message.startsWith('publish failed')).length).toBeLessThanOrEqual(1);
    expect(warnings().filter((message) => message.includes('does not exist'))).toHaveLength(1);
    harness.releaseKeeper();
    await become(ids, 'processing');
    const all = [...numbered(before, 2), ...numbered(ids, 1)].sort();
    await eventually(async () => expect(await publishedIds()).toEqual(all));
  });

  it('as CLERK_OUTCOMES, loses no event: each is published again and gets its outcome', async () => {
    const ids = await deliverMany(3);
    await become(ids, 'processing');
    await harness.holdKeeper();
    await harness.administer((manager) => manager.streams.delete(OUTCOMES));
    // user-sync acknowledged these events; their outcomes were on the deleted stream.
    await sync.swallow(ids.length);
    harness.releaseKeeper();
    await eventually(async () => {
      expect(await publishedIds()).toEqual([...numbered(ids, 1), ...numbered(ids, 2)].sort());
    });
    await sync.settle(ids.length);
    await become(ids, 'success');
    expect(await publishedIds()).toHaveLength(2 * ids.length);
  });
});

it('a deleted consumer heals when stream-keeper creates it, and its outcomes are applied', async () => {
  const ids = await deliverMany(3);
  await become(ids, 'processing');
  await harness.holdKeeper();
  await harness.administer((manager) => manager.consumers.delete(OUTCOMES, outcomesConsumer.durable));
  for (const id of ids) await eventually(() => sync.report(id));
  await eventually(async () => {
    const { status, text } = await readiness();
    expect({ status, text }).toEqual({
      status: 503,
      text: expect.stringContaining('consumer webhook-ingest') as string,
    });
  });
  harness.releaseKeeper();
  await become(ids, 'success');
  await becomeReady();
});

describe('a stream that differs from its contract', () => {
  it('in a setting that does no harm is used, and logged once with the command that corrects it', async () => {
    await harness.administer((manager) => manager.streams.update(EVENTS, { max_age: nanos(3_600_000) }));
    const ids = await deliverMany(3);
    await become(ids, 'processing');
    await becomeReady();
    await severalRounds();
    expect(warnings()).toEqual([
      `the stream ${EVENTS} differs from its contract in max_age: run nats-setup of the newest release ("npm run nats:setup" in a checkout)`,
    ]);
  });

  it('in its subjects is named by readiness, and events are published once when it is corrected', async () => {
    await harness.administer((manager) => manager.streams.update(EVENTS, { subjects: ['elsewhere.>'] }));
    const ids = await deliverMany();
    const why = `the stream ${EVENTS} differs from its contract in subjects and cannot be used: run nats-setup of the newest release (\\"npm run nats:setup\\" in a checkout)`;
    await eventually(async () => {
      const { status, text } = await readiness();
      expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining(why) as string });
    });
    await severalRounds();
    await haveStatus(ids, 'pending');
    expect(warnings().filter((message) => message.includes('subjects'))).toHaveLength(1);
    expect(warnings().length).toBeLessThanOrEqual(2);
    await harness.administer((manager) =>
      manager.streams.update(EVENTS, { subjects: [...clerkEventsStream.subjects] }),
    );
    await become(ids, 'processing');
    expect(await publishedIds()).toEqual(numbered(ids, 1));
  });
});
