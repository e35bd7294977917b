import { clerkEventsStream, eventsConsumer } from '@gatehouse/contracts';
import { JetStream } from '@gatehouse/messaging';
import { OpsServer } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { makeRoom } from '../src/rebuild-stream/make-room';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';
import { PlayedUserSync } from './played-user-sync';

let harness: IngestHarness;
let sync: PlayedUserSync;

beforeEach(async () => {
  harness = await IngestHarness.create();
  sync = new PlayedUserSync(harness.client('user-sync'));
});

afterEach(() => harness.dispose());

async function deliverMany({ url }: Ingest, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  for (const answer of await Promise.all(ids.map((id) => deliver(url, userCreated(), { id })))) {
    expect(answer.status).toBe(200);
  }
  await eventually(async () => expect(await unpublished()).toBe(0));
  return ids;
}

async function unpublished(): Promise<number> {
  const [row] = await harness.sql<{ n: number }>(
    'SELECT count(*)::integer AS n FROM webhook_events WHERE published_at IS NULL',
  );
  return row?.n ?? -1;
}

async function publishedIds(): Promise<string[]> {
  return (await harness.published()).map(({ messageId }) => messageId).sort();
}

const numbered = (ids: readonly string[], publishNumber: number) => ids.map((id) => `${id}:${publishNumber}`).sort();

async function rebuilt(ingest: Ingest): Promise<string> {
  const metrics = await (await fetch(`http://127.0.0.1:${ingest.app.get(OpsServer).port}/metrics`)).text();
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('gatehouse_ingest_rebuilt_events_total{') && !line.endsWith(' 0'))
    .join('\n');
}

describe('an event stream that was deleted', () => {
  it('while the service runs gets every event without an outcome again, under a new number', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 10);
    const [done = '', ...open] = ids;
    await sync.report(done);
    await eventually(async () => expect(await harness.row(done)).toMatchObject({ status: 'success' }));
    await harness.nats.kill();
    harness.nats.loseStore();
    await harness.nats.start();
    await eventually(async () => expect(await publishedIds()).toEqual(numbered(open, 2)));
    for (const id of open) expect(await harness.row(id)).toMatchObject({ status: 'processing', retry_count: 0 });
    expect(await rebuilt(ingest)).toContain('{why="other_stream"} 9');
  });

  it('while the service is down gets the events again when the service starts', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 5);
    await ingest.close();
    await harness.nats.stop();
    harness.nats.loseStore();
    await harness.nats.start();
    await harness.start();
    await eventually(async () => expect(await publishedIds()).toEqual(numbered(ids, 2)));
  });

  it('below a running server loses no event that was acknowledged afterwards', async () => {
    const ingest = await harness.start();
    const before = await deliverMany(ingest, 3);
    harness.nats.loseStore();
    const after = await deliverMany(ingest, 3);
    await harness.nats.kill();
    await harness.nats.start();
    const all = [...before, ...after];
    await eventually(async () => {
      const newest = new Map((await harness.published()).map(({ metadata }) => [metadata.webhookId, metadata]));
      expect([...newest.keys()].sort()).toEqual([...all].sort());
    });
    await eventually(async () => expect(await unpublished()).toBe(0));
  });

  it('is rebuilt by two replicas without a duplicate message', async () => {
    const [one] = await Promise.all([harness.start(), harness.start()]);
    const ids = await deliverMany(one, 100);
    await harness.nats.kill();
    harness.nats.loseStore();
    await harness.nats.start();
    await eventually(async () => expect(await publishedIds()).toEqual(numbered(ids, 2)));
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(await publishedIds()).toEqual(numbered(ids, 2));
  });

  it('is rebuilt at a limited rate', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 40);
    await ingest.close();
    await harness.nats.stop();
    harness.nats.loseStore();
    await harness.nats.start();
    const started = performance.now();
    await harness.start({ RELAY_PER_SECOND: '10' });
    await eventually(async () => expect(await publishedIds()).toEqual(numbered(ids, 2)));
    // Ten at once, and then ten per second.
    expect(performance.now() - started).toBeGreaterThan(2_500);
  });
});

describe('an event at the end of a stream that was not flushed', () => {
  it('is published again when its sequence is above the last one of the stream', async () => {
    const ingest = await harness.start();
    const [lost = '', kept = ''] = await deliverMany(ingest, 2);
    await harness.sql('UPDATE webhook_events SET stream_sequence = 1000 WHERE webhook_id = $1', [lost]);
    await eventually(async () => expect(await publishedIds()).toContain(`${lost}:2`));
    expect(await publishedIds()).toEqual([`${kept}:1`, `${lost}:1`, `${lost}:2`].sort());
    expect(await rebuilt(ingest)).toContain('{why="beyond_stream"} 1');
  });
});

describe('a lost outcome', () => {
  it('of a deleted CLERK_OUTCOMES is replaced: its event is published again', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 3);
    await ingest.close();
    const taken = await sync.swallow(2);
    await harness.start();
    await eventually(async () => {
      const all = await publishedIds();
      for (const id of taken) expect(all).toContain(`${id}:2`);
    });
    const untaken = ids.filter((id) => !taken.includes(id));
    expect(await publishedIds()).toEqual([...numbered(ids, 1), ...numbered(taken, 2)].sort());
    for (const id of untaken) expect(await harness.row(id)).toMatchObject({ publish_number: 1 });
  });

  it('is not assumed while the outcome waits to be consumed', async () => {
    const ingest = await harness.start();
    const [id = ''] = await deliverMany(ingest, 1);
    // The row is locked, so its outcome is on the stream and cannot be applied.
    await harness.lockRow(id, async () => {
      await sync.report(id);
      await sync.swallow(1);
      await laterThanGrace();
      expect(await publishedIds()).toEqual([`${id}:1`]);
    });
    await eventually(async () => expect(await harness.row(id)).toMatchObject({ status: 'success' }));
    expect(await publishedIds()).toEqual([`${id}:1`]);
  });
});

describe('a stream that is half full', () => {
  it('loses its acknowledged messages and no others; before it is half full it loses none', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 6);
    await sync.swallow(4);
    const jetStream = ingest.app.get(JetStream);
    const floor = async () => (await jetStream.consumerState(eventsConsumer))?.ackFloor ?? 0;
    await eventually(async () => expect(await floor()).toBe(4));
    const state = await jetStream.streamState(clerkEventsStream);
    if (state === undefined) throw new RangeError('there is no stream');
    expect(state.bytes).toBeGreaterThan(0);
    expect(await makeRoom(jetStream, clerkEventsStream, state, 4)).toBe(0);
    expect(await makeRoom(jetStream, { ...clerkEventsStream, maxBytes: state.bytes * 2 }, state, 4)).toBe(4);
    expect(await jetStream.streamState(clerkEventsStream)).toMatchObject({ firstSequence: 5, lastSequence: 6 });
    expect([...(await sync.swallow(2))].sort()).toEqual((await remaining(ids, 4)).sort());
  });

  /** The ids whose events are not among the first `count` of the stream. */
  async function remaining(ids: readonly string[], count: number): Promise<string[]> {
    const rows = await harness.sql<{ webhook_id: string }>(
      'SELECT webhook_id FROM webhook_events WHERE webhook_id = ANY ($1) AND stream_sequence > $2',
      [ids, count],
    );
    return rows.map(({ webhook_id }) => webhook_id);
  }
});

describe('a slow consumer', () => {
  it('receives no event twice, neither those on the stream nor those in progress', async () => {
    const ingest = await harness.start();
    const ids = await deliverMany(ingest, 5);
    await sync.pullOne();
    await laterThanGrace();
    expect(await publishedIds()).toEqual(numbered(ids, 1));
    expect(await rebuilt(ingest)).toBe('');
  });
});

/** Waits until the service has compared streams and ledger many times, and twice the grace time is over. */
async function laterThanGrace(): Promise<void> {
  const until = performance.now() + 1_000;
  await eventually(() => performance.now() > until);
}
