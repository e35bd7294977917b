import { type Outcome, clerkOutcomesStream, outcomeSubject } from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;
let sync: { nats: NatsClient; jetStream: JetStream };
let reported = 0;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start();
  sync = harness.client('user-sync');
  await eventually(() => sync.nats.connected);
});

afterAll(() => harness.dispose());

const row = (id: string) => harness.row(id);

async function deliverOne(): Promise<string> {
  const id = newId();
  await deliver(ingest.url, userCreated(), { id });
  await eventually(async () => expect(await row(id)).toMatchObject({ status: 'processing' }));
  return id;
}

/** Publishes outcomes like user-sync, and waits for the acknowledgement of the stream. */
function report(outcome: Outcome): Promise<unknown> {
  return publish(outcome.status, JSON.stringify([outcome]));
}

function publish(status: Outcome['status'], text: string): Promise<unknown> {
  reported += 1;
  return sync.jetStream.publish({
    stream: clerkOutcomesStream,
    subject: outcomeSubject(status),
    messageId: `test:${reported}`,
    data: new TextEncoder().encode(text),
  });
}

const userId = '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11';
const about = (webhookId: string, attempt: number) => ({
  webhookId,
  attempt,
  publishNumber: attempt + 1,
  correlationId: 'c',
  clerkUserId: 'user_1',
  userId,
  at: Date.now(),
});

const success = (id: string, attempt = 0): Outcome => ({
  ...about(id, attempt),
  status: 'success',
  decision: 'create',
  reason: 'the user was unknown',
});

const failure = (
  id: string,
  attempt = 0,
  error: Partial<Extract<Outcome, { status: 'failed' }>['error']> = {},
): Outcome => ({
  ...about(id, attempt),
  status: 'failed',
  error: { kind: 'clerk', code: 'http_503', message: 'Clerk is away', retryable: true, retryAfterMs: null, ...error },
});

/** Waits until an outcome that is published after all others was handled. */
async function settled(): Promise<void> {
  const id = await deliverOne();
  await report(success(id));
  await eventually(async () => expect(await row(id)).toMatchObject({ status: 'success' }));
}

describe('an outcome', () => {
  it('of success is stored with its decision, and later outcomes change nothing', async () => {
    const id = await deliverOne();
    await report(success(id));
    await eventually(async () =>
      expect(await row(id)).toMatchObject({
        status: 'success',
        processed_data: { decision: 'create', reason: 'the user was unknown', userId },
        processed_at: expect.any(Date),
        error_message: null,
      }),
    );
    const before = await row(id);
    await report(success(id));
    await report(failure(id));
    await settled();
    expect(await row(id)).toEqual(before);
  });

  it('of an event that was not handled is stored as ignored', async () => {
    const id = await deliverOne();
    await report({ ...about(id, 0), status: 'ignored', decision: 'tombstoned', reason: 'deleted \0 \ud800' });
    await eventually(async () =>
      expect(await row(id)).toMatchObject({ status: 'ignored', processed_data: { decision: 'tombstoned' } }),
    );
  });

  it('that ignores an event does not end a redrive that began later', async () => {
    const id = await deliverOne();
    await harness.sql('UPDATE webhook_events SET publish_number = 2 WHERE webhook_id = $1', [id]);
    await report({ ...about(id, 0), status: 'ignored', decision: 'foreign', reason: 'of another instance' });
    await settled();
    expect(await row(id)).toMatchObject({ status: 'processing' });
  });

  it('of a failure that cannot be retried makes the event dead at once', async () => {
    const id = await deliverOne();
    await report(failure(id, 0, { kind: 'validation', code: 'invalid', retryable: false }));
    await eventually(async () =>
      expect(await row(id)).toMatchObject({
        status: 'failed',
        next_retry_at: null,
        retry_count: 0,
        error_message: 'Clerk is away',
        error_details: { kind: 'validation', code: 'invalid', retryable: false, attempt: 0 },
      }),
    );
  });

  it('that arrives before the publish is stored is not undone when it is stored', async () => {
    const id = newId();
    await harness.sql(
      'CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$',
    );
    await harness.sql(
      'CREATE TRIGGER slow BEFORE UPDATE OF stream_sequence ON webhook_events FOR EACH STATEMENT EXECUTE FUNCTION slow()',
    );
    try {
      await deliver(ingest.url, userCreated(), { id });
      await report(success(id));
      await eventually(async () =>
        expect(await row(id)).toMatchObject({ status: 'success', stream_sequence: expect.any(String) }),
      );
    } finally {
      await harness.sql('DROP TRIGGER slow ON webhook_events');
      await harness.sql('DROP FUNCTION slow');
    }
  });

  it.each(['{"webhookId":1}', '[', 'null', '"text"', '[]'])(
    'message that is not a list (%s) does not block others',
    async (text) => {
      await publish('success', text);
      await settled();
    },
  );

  it('of an unknown event, or that breaks its contract, does not block others in its message', async () => {
    const id = await deliverOne();
    await publish('success', JSON.stringify([success('msg_unknown'), { webhookId: 1 }, 7, null, success(id)]));
    await eventually(async () => expect(await row(id)).toMatchObject({ status: 'success' }));
  });
});

describe('the schedule of retries', () => {
  it('uses up no attempt during a shared outage: the event is retried with the same attempt number', async () => {
    const id = await deliverOne();
    for (let outage = 1; outage <= 4; outage += 1) {
      await report({ ...failure(id, 0, { code: 'CLERK_AWAY', sharedOutage: true }), publishNumber: outage });
      await eventually(async () =>
        expect(await row(id)).toMatchObject({ status: 'processing', retry_count: 0, publish_number: 1 + outage }),
      );
    }
    await report(success(id));
    await eventually(async () => expect(await row(id)).toMatchObject({ status: 'success', retry_count: 0 }));
  });

  it('publishes a failed event again when a retry is due, under a new number, until no attempt is left', async () => {
    const id = await deliverOne();
    for (const attempt of [0, 1, 2]) {
      await eventually(async () =>
        expect(await row(id)).toMatchObject({
          status: 'processing',
          retry_count: attempt,
          publish_number: attempt + 1,
          published_at: expect.any(Date),
          next_retry_at: null,
        }),
      );
      await report(failure(id, attempt));
    }
    await eventually(async () =>
      expect(await row(id)).toMatchObject({ status: 'failed', retry_count: 2, next_retry_at: null }),
    );
    const sent = (await harness.published()).filter(({ metadata }) => metadata.webhookId === id);
    expect(sent.map(({ messageId, metadata }) => [messageId, metadata.attempt])).toEqual([
      [`${id}:1`, 0],
      [`${id}:2`, 1],
      [`${id}:3`, 2],
    ]);
  });

  it('is not changed by a failure of an older publish with any attempt number', async () => {
    const id = await deliverOne();
    const away = failure(id, 0, { code: 'CLERK_AWAY', sharedOutage: true });
    await report(away);
    await eventually(async () => expect(await row(id)).toMatchObject({ status: 'processing', publish_number: 2 }));
    await eventually(async () => expect(await row(id)).toMatchObject({ published_at: expect.any(Date) }));
    const before = await row(id);
    await report(away);
    await report(failure(id, 0, { retryable: false }));
    await settled();
    expect(await row(id)).toEqual(before);
  });

  it('is not changed by an outcome of an older attempt', async () => {
    const id = await deliverOne();
    await report(failure(id, 0));
    await eventually(async () =>
      expect(await row(id)).toMatchObject({ retry_count: 1, published_at: expect.any(Date) }),
    );
    const before = await row(id);
    await report(failure(id, 0, { retryable: false }));
    await settled();
    expect(await row(id)).toEqual(before);
  });

  it("waits at least for the time in Clerk's Retry-After", async () => {
    const id = await deliverOne();
    await report(failure(id, 0, { retryAfterMs: 60_000 }));
    await eventually(async () => expect(await row(id)).toMatchObject({ status: 'failed' }));
    const due = (await row(id))?.next_retry_at as Date;
    expect(due.getTime() - Date.now()).toBeGreaterThan(55_000);
  });

  it('ends with a success that arrives after a failure', async () => {
    const id = await deliverOne();
    await report(failure(id, 0, { retryAfterMs: 60_000 }));
    await report(success(id));
    await eventually(async () =>
      expect(await row(id)).toMatchObject({ status: 'success', next_retry_at: null, error_message: null }),
    );
  });
});
