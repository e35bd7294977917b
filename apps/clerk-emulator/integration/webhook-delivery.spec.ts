import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

/** Limit that holds on a busy machine too, in ms. */
const ENOUGH_MS = 50_000;

interface DeliveryView {
  id: string;
  message_id: string;
  type: string;
  status: string;
  attempts: { status: number | null; error: string | null }[];
}

describe('webhook delivery', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url], retryScheduleMs: [0, 5, 5], ...options });
    api = rawApi(emulator);
  };
  const createUser = (email = 'ada@example.com') => api('POST', '/v1/users', { email_address: [email] });
  const deliveries = async (query = ''): Promise<DeliveryView[]> =>
    (await api('GET', `/emulator/deliveries${query}`)).body['data'] as DeliveryView[];

  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await emulator.close();
    await receiver.close();
  });

  it('is signed so that svix and standardwebhooks accept it', async () => {
    await start();
    await createUser();
    const [webhook] = await receiver.received(1);
    const { headers, body } = webhook!;
    const id = headers['svix-id'] as string;
    const timestamp = headers['svix-timestamp'] as string;
    const signature = headers['svix-signature'] as string;
    expect(id).toMatch(/^msg_[0-9A-Za-z]{27}$/);
    new SvixWebhook(emulator.webhookSecret).verify(body, {
      'svix-id': id,
      'svix-timestamp': timestamp,
      'svix-signature': signature,
    });
    new StandardWebhook(emulator.webhookSecret).verify(body, {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    });
  });

  it('retries a failed delivery with the same svix-id and body until it succeeds', async () => {
    receiver.answerWith((_webhook, index) => ({ status: index < 2 ? 500 : 204 }));
    await start();
    await createUser();
    const webhooks = await receiver.received(3);
    await emulator.whenIdle();
    expect(new Set(webhooks.map((webhook) => webhook.headers['svix-id'])).size).toBe(1);
    expect(new Set(webhooks.map((webhook) => webhook.body)).size).toBe(1);
    expect(await deliveries()).toMatchObject([
      { status: 'delivered', attempts: [{ status: 500 }, { status: 500 }, { status: 204, error: null }] },
    ]);
  });

  it('fails a delivery at the end of the retry schedule', async () => {
    receiver.answerWith(() => ({ status: 500 }));
    await start();
    await createUser();
    await receiver.received(3);
    await emulator.whenIdle();
    expect(await deliveries()).toMatchObject([{ status: 'failed', attempts: [{}, {}, {}] }]);
  });

  it('counts a redirect as a failure and does not follow it', async () => {
    receiver.answerWith(() => ({ status: 307, headers: { location: '/elsewhere' } }));
    await start({ retryScheduleMs: [0] });
    await createUser();
    await receiver.received(1);
    await emulator.whenIdle();
    expect(receiver.webhooks.map((webhook) => webhook.path)).toEqual(['/webhooks/clerk']);
    expect(await deliveries()).toMatchObject([
      { status: 'failed', attempts: [{ status: 307, error: 'answered 307; only 2xx counts' }] },
    ]);
  });

  it('waits as long as Retry-After says', async () => {
    receiver.answerWith((_webhook, index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 },
    );
    await start();
    await createUser();
    const [first, second] = await receiver.received(2);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(950);
  });

  it('fails an attempt that is not answered in time', async () => {
    receiver.answerWith((_webhook, index) => (index === 0 ? undefined : { status: 200 }));
    // On a busy machine the next attempts may be late too.
    await start({ webhookTimeoutMs: 200, retryScheduleMs: Array.from({ length: 20 }, () => 5) });
    await createUser();
    await receiver.received(2);
    await emulator.whenSettled(ENOUGH_MS);
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ status: 'delivered' });
    const { length } = delivery!.attempts;
    expect(length).toBeGreaterThan(1);
    const late = Array.from({ length: length - 1 }, () => ({ status: null, error: 'timed out after 200 ms' }));
    expect(delivery!.attempts).toMatchObject([...late, { status: 200 }]);
  });

  it('retries an endpoint that refuses connections', async () => {
    await start({ retryScheduleMs: [0, 5] });
    await receiver.close();
    await createUser();
    await emulator.whenIdle();
    const [delivery] = await deliveries();
    expect(delivery!.attempts[0]).toMatchObject({ status: null, error: 'ECONNREFUSED' });
  });

  it('orders two changes in the same millisecond by updated_at', async () => {
    await start({ now: () => 1_790_000_000_000 });
    const user = (await createUser()).body;
    const path = `/v1/users/${String(user['id'])}`;
    const times = [user['updated_at'] as number];
    for (const first_name of ['A', 'B']) {
      times.push((await api('PATCH', path, { first_name })).body['updated_at'] as number);
    }
    expect(times).toEqual([1_790_000_000_000, 1_790_000_000_001, 1_790_000_000_002]);
  });

  it('delivers an event to every endpoint with the same svix-id', async () => {
    await start();
    emulator.setWebhookUrls([receiver.url, `${receiver.url}/second`]);
    await createUser();
    const webhooks = await receiver.received(2);
    expect(new Set(webhooks.map((webhook) => webhook.headers['svix-id'])).size).toBe(1);
    expect(new Set(webhooks.map((webhook) => webhook.path)).size).toBe(2);
  });

  it('never exceeds the limit of attempts in flight', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    receiver.answerWith(() => released.then(() => ({ status: 200 })));
    await start({ webhookConcurrency: 2 });
    for (let i = 0; i < 10; i++) await createUser(`u${i}@example.com`);
    expect((await api('GET', '/emulator/health')).body).toMatchObject({
      deliveries_in_hand: 2,
      deliveries_pending: 10,
    });
    release();
    await receiver.received(10);
  });

  it('is not delayed by another endpoint that never answers', async () => {
    const hanging = await startWebhookReceiver();
    hanging.answerWith(() => undefined);
    try {
      await start({ webhookConcurrency: 2 });
      emulator.setWebhookUrls([hanging.url, receiver.url]);
      for (let i = 0; i < 10; i++) await createUser(`u${i}@example.com`);
      await receiver.received(10);
      await hanging.received(2);
      expect(hanging.webhooks).toHaveLength(2);
    } finally {
      await hanging.close();
    }
  });

  it('reaches all endpoints when there are more than attempts in flight', async () => {
    await start();
    emulator.setWebhookUrls(Array.from({ length: 300 }, (_, i) => `${receiver.url}/${i}`));
    await createUser();
    await emulator.whenSettled(ENOUGH_MS);
    expect(new Set(receiver.webhooks.map(({ path }) => path)).size).toBe(300);
  });

  it('accepts 10 000 endpoints and rejects a further one', async () => {
    await start();
    emulator.setWebhookUrls(Array.from({ length: 10_000 }, (_, i) => `${receiver.url}/${i}`));
    expect(await api('POST', '/emulator/endpoints', { url: receiver.url })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'resource_limit_exceeded' }] },
    });
  });

  it('records an event as failed when the queue is full', async () => {
    await start({ webhookQueueLimit: 1 });
    await api('POST', '/emulator/pause');
    await createUser('a@example.com');
    await createUser('b@example.com');
    expect((await deliveries()).map((delivery) => delivery.status)).toEqual(['failed', 'pending']);
  });

  it('holds deliveries while paused, except a resend', async () => {
    await start();
    await api('POST', '/emulator/pause');
    const user = (await createUser()).body;
    await api('PATCH', `/v1/users/${String(user['id'])}`, { first_name: 'Ada' });
    const [updated, created] = await deliveries(`?user_id=${String(user['id'])}`);
    expect(receiver.webhooks).toHaveLength(0);
    const answer = await api('POST', `/emulator/deliveries/${updated!.id}/resend`);
    expect(answer.body).toMatchObject({ data: [{ id: updated!.id, status: 'delivered' }] });
    await api('POST', '/emulator/resume');
    await emulator.whenIdle();
    expect(receiver.webhooks.map((webhook) => webhook.headers['svix-id'])).toEqual([
      updated!.message_id,
      created!.message_id,
    ]);
  });

  it('sends a delivery again with the same svix-id', async () => {
    await start();
    await createUser();
    await emulator.whenIdle();
    const [delivery] = await deliveries('?type=user.created');
    await api('POST', `/emulator/deliveries/${delivery!.message_id}/resend`);
    expect(receiver.webhooks.map((webhook) => webhook.headers['svix-id'])).toEqual([
      delivery!.message_id,
      delivery!.message_id,
    ]);
    expect(receiver.webhooks[1]!.body).toBe(receiver.webhooks[0]!.body);
  });
});
