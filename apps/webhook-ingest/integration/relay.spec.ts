import { eventually } from '@gatehouse/testing';
import { IngestHarness, deliver, newId, userCreated } from './ingest-harness';

let harness: IngestHarness;

beforeEach(async () => {
  harness = await IngestHarness.create();
});

afterEach(() => harness.dispose());

const status = async (id: string) => (await harness.row(id))?.status;

async function deliverMany(url: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const answers = await Promise.all(ids.map((id) => deliver(url, userCreated(), { id })));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  return ids;
}

describe('an event', () => {
  it('is published on the subject of its type, with its metadata and its unchanged bytes', async () => {
    const { url } = await harness.start();
    const id = newId();
    const body = userCreated('user_7');
    const delivered = await deliver(url, body, { id, headers: { 'x-request-id': 'edge-1' } });
    await eventually(async () => expect(await status(id)).toBe('processing'));
    const row = await harness.row(id);
    expect(await harness.published()).toEqual([
      {
        subject: 'clerk.events.user.created',
        messageId: `${id}:1`,
        metadata: {
          webhookId: id,
          eventType: 'user.created',
          attempt: 0,
          publishNumber: 1,
          correlationId: delivered.headers.get('x-request-id'),
          receivedAt: (row?.created_at as Date).getTime(),
        },
        body,
      },
    ]);
    expect(row).toMatchObject({ stream_sequence: '1', lease_until: null });
  });
});

describe('while NATS is unavailable', () => {
  it('the service starts, accepts webhooks and publishes them when NATS is available', async () => {
    await harness.nats.stop();
    const { url } = await harness.start();
    const ids = await deliverMany(url, 5);
    expect(await Promise.all(ids.map(status))).toEqual(Array(5).fill('pending'));
    await harness.nats.start();
    await eventually(async () => expect(await Promise.all(ids.map(status))).toEqual(Array(5).fill('processing')));
    expect((await harness.published()).map(({ messageId }) => messageId).sort()).toEqual(
      ids.map((id) => `${id}:1`).sort(),
    );
  });

  it('a running service accepts webhooks, and publishes them afterwards', async () => {
    const { url } = await harness.start();
    await deliverMany(url, 2);
    await harness.nats.kill();
    const ids = await deliverMany(url, 5);
    await harness.nats.start();
    await eventually(async () => expect(await Promise.all(ids.map(status))).toEqual(Array(5).fill('processing')));
  });
});

describe('the relay', () => {
  it('of two replicas publishes each row once', async () => {
    await harness.nats.stop();
    const [one, two] = await Promise.all([harness.start(), harness.start()]);
    const ids = [...(await deliverMany(one.url, 100)), ...(await deliverMany(two.url, 100))];
    await harness.nats.start();
    await eventually(async () => {
      const [left] = await harness.sql<{ n: string }>(
        'SELECT count(*) AS n FROM webhook_events WHERE published_at IS NULL',
      );
      expect(left?.n).toBe('0');
    });
    const messages = (await harness.published()).map(({ messageId }) => messageId);
    expect(messages).toHaveLength(200);
    expect(messages.sort()).toEqual(ids.map((id) => `${id}:1`).sort());
    const relayed = `${one.logs()}${two.logs()}`.split('\n').filter((line) => line.includes('event relayed'));
    expect(relayed).toHaveLength(200);
  });

  it('continues without a pause while only retries are due', async () => {
    const { url, close } = await harness.start();
    const ids = await deliverMany(url, 200);
    await eventually(async () => expect(new Set(await Promise.all(ids.map(status)))).toEqual(new Set(['processing'])));
    await close();
    await harness.sql(`UPDATE webhook_events SET status = 'failed', next_retry_at = now()`);
    // Half a batch for each poll interval would take half a minute.
    await harness.start({ RELAY_POLL_MS: '5000' });
    await eventually(async () => {
      const [left] = await harness.sql<{ n: string }>(
        'SELECT count(*) AS n FROM webhook_events WHERE publish_number = 1 OR published_at IS NULL',
      );
      expect(left?.n).toBe('0');
    });
  });

  it('publishes the rows of a replica that failed, when their relay leases have expired', async () => {
    await harness.nats.stop();
    const { url } = await harness.start();
    const [id = ''] = await deliverMany(url, 1);
    await harness.sql(`UPDATE webhook_events SET lease_until = now() + interval '2 seconds'`);
    await harness.nats.start();
    await eventually(async () => expect(await status(id)).toBe('processing'));
    expect(await harness.published()).toHaveLength(1);
  });

  it('marks a row without a body as dead, and does not delay other rows', async () => {
    await harness.nats.stop();
    const { url } = await harness.start();
    const [id = '', other = ''] = await deliverMany(url, 2);
    await harness.sql(
      'DELETE FROM event_bodies WHERE event_id = (SELECT id FROM webhook_events WHERE webhook_id = $1)',
      [id],
    );
    await harness.nats.start();
    await eventually(async () => expect(await status(other)).toBe('processing'));
    expect(await harness.row(id)).toMatchObject({
      status: 'failed',
      next_retry_at: null,
      error_details: { code: 'body_missing' },
    });
  });
});
