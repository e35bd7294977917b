import { Webhook as SvixWebhook } from 'svix';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

const NEW_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

const verifiesBy = (secret: string, { headers, body }: ReceivedWebhook): boolean => {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`svix-${name}`]));
  try {
    new SvixWebhook(secret).verify(body, headers as Record<string, string>);
    new StandardWebhook(secret).verify(body, {
      'webhook-id': id!,
      'webhook-timestamp': timestamp!,
      'webhook-signature': signature!,
    });
    return true;
  } catch {
    return false;
  }
};

describe('endpoints', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;
  let now: number;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    now = Date.now();
    emulator = await startClerkEmulator({ retryScheduleMs: [0], now: () => now, ...options });
    api = rawApi(emulator);
  };
  const createUser = (email = 'ada@example.com') => api('POST', '/v1/users', { email_address: [email] });
  const createEndpoint = async (params: object = {}): Promise<Record<string, unknown>> =>
    (await api('POST', '/emulator/endpoints', { url: receiver.url, ...params })).body;
  const list = async (path: string) => (await api('GET', path)).body['data'] as Record<string, unknown>[];

  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await emulator.close();
    await receiver.close();
  });

  it('are created, returned without their secret, changed and deleted', async () => {
    await start();
    const made = await createEndpoint({ description: 'mine', event_types: ['user.*'], secret: NEW_SECRET });
    expect(made).toMatchObject({ object: 'endpoint', enabled: true, secret: NEW_SECRET, source: 'api' });
    const path = `/emulator/endpoints/${String(made['id'])}`;
    const shown = (await api('GET', path)).body;
    expect(shown).toMatchObject({ url: receiver.url, description: 'mine', rotation_ends_at: null });
    expect(JSON.stringify(shown)).not.toContain('whsec_');
    expect((await api('GET', `${path}/secret`)).body).toEqual({ secret: NEW_SECRET });
    expect((await api('PATCH', path, { enabled: false })).body).toMatchObject({ disabled_reason: 'manual' });
    expect((await api('DELETE', path)).body).toMatchObject({ deleted: true });
    expect(await api('GET', path)).toMatchObject({ status: 404 });
  });

  it('receive the event types they subscribe to, signed with their own secret', async () => {
    await start();
    await createEndpoint({ event_types: ['user.*'], secret: NEW_SECRET });
    await createEndpoint({ url: `${receiver.url}/sessions`, event_types: ['session.created'] });
    await createEndpoint({ url: `${receiver.url}/off`, enabled: false });
    const { id } = (await createUser()).body;
    await api('POST', '/v1/sessions', { user_id: id });
    await emulator.whenIdle();
    const seen = receiver.webhooks.map(({ path, body }) => [path, (JSON.parse(body) as { type: string }).type]);
    expect(seen.sort()).toEqual([
      ['/webhooks/clerk', 'user.created'],
      ['/webhooks/clerk', 'user.updated'],
      ['/webhooks/clerk/sessions', 'session.created'],
    ]);
    for (const webhook of receiver.webhooks) {
      expect(verifiesBy(NEW_SECRET, webhook)).toBe(!webhook.path.endsWith('/sessions'));
    }
  });

  it('rotate their secret like Svix: both secrets sign until the grace period is over', async () => {
    await start();
    const { id, secret } = await createEndpoint();
    const rotated = await api('POST', `/emulator/endpoints/${String(id)}/rotate-secret`, { grace_seconds: 60 });
    expect(rotated.body['rotation_ends_at']).toBe(now + 60_000);
    await createUser('a@example.com');
    const [during] = await receiver.received(1);
    expect(String(during!.headers['svix-signature']).split(' ')).toHaveLength(2);
    expect(verifiesBy(String(secret), during!)).toBe(true);
    expect(verifiesBy(String(rotated.body['secret']), during!)).toBe(true);
    now += 60_000;
    await createUser('b@example.com');
    const after = (await receiver.received(2))[1]!;
    expect(String(after.headers['svix-signature']).split(' ')).toHaveLength(1);
  });

  it('receive every event twice, with two secrets and one svix-id, when two have the same URL', async () => {
    await start({ webhookUrls: [receiver.url] });
    await createEndpoint({ secret: NEW_SECRET });
    await createUser();
    const webhooks = await receiver.received(2);
    expect(new Set(webhooks.map((webhook) => webhook.headers['svix-id'])).size).toBe(1);
    const bySecret = (secret: string) => webhooks.filter((webhook) => verifiesBy(secret, webhook)).length;
    expect([bySecret(emulator.webhookSecret), bySecret(NEW_SECRET)]).toEqual([1, 1]);
  });

  it('are disabled with a notice after days of failed attempts, and receive events again when enabled', async () => {
    receiver.answerWith(() => ({ status: 500 }));
    await start({ webhookDisableAfterMs: 5 * 86_400_000 });
    const { id } = await createEndpoint();
    const path = `/emulator/endpoints/${String(id)}`;
    await createUser('a@example.com');
    await emulator.whenIdle();
    expect((await api('GET', path)).body).toMatchObject({ enabled: true, failing_since: now });
    now += 5 * 86_400_000;
    await createUser('b@example.com');
    await emulator.whenIdle();
    expect((await api('GET', path)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'failing',
      disabled_at: now,
    });
    expect(await list('/emulator/notices')).toMatchObject([
      { type: 'endpoint.disabled', details: { endpoint_id: id, url: receiver.url } },
    ]);
    await createUser('c@example.com');
    expect(await list('/emulator/deliveries')).toHaveLength(2);
    receiver.answerWith(() => ({ status: 200 }));
    await api('PATCH', path, { enabled: true });
    await createUser('d@example.com');
    await emulator.whenIdle();
    expect(await list('/emulator/deliveries?status=delivered')).toHaveLength(1);
    expect((await api('GET', path)).body).toMatchObject({ enabled: true, failing_since: null });
  });

  it('are not disabled when an attempt has succeeded', async () => {
    receiver.answerWith((_webhook, index) => ({ status: index === 1 ? 200 : 500 }));
    await start();
    const { id } = await createEndpoint();
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      await createUser(email);
      await emulator.whenIdle();
      now += 4 * 86_400_000;
    }
    expect((await api('GET', `/emulator/endpoints/${String(id)}`)).body).toMatchObject({ enabled: true });
  });

  it('that are disabled or deleted fail their pending deliveries with the reason', async () => {
    await start();
    const disabled = await createEndpoint();
    const deleted = await createEndpoint();
    await api('POST', '/emulator/pause');
    await createUser();
    await api('PATCH', `/emulator/endpoints/${String(disabled['id'])}`, { enabled: false });
    await api('DELETE', `/emulator/endpoints/${String(deleted['id'])}`);
    await api('POST', '/emulator/resume');
    await emulator.whenIdle();
    expect(receiver.webhooks).toHaveLength(0);
    expect((await list('/emulator/deliveries')).map(({ status, note }) => [status, note]).sort()).toEqual([
      ['failed', 'endpoint deleted'],
      ['failed', 'endpoint disabled'],
    ]);
  });

  it('receive the deliveries of a period again, with the same svix-id', async () => {
    await start();
    const { id } = await createEndpoint();
    const times: number[] = [];
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      times.push(now);
      await createUser(email);
      await emulator.whenIdle();
      now += 60_000;
    }
    const before = receiver.webhooks.map((webhook) => webhook.headers['svix-id']);
    receiver.clear();
    const range = { since: new Date(times[1]!).toISOString(), until: times[2]! - 1 };
    const answer = await api('POST', `/emulator/endpoints/${String(id)}/replay`, range);
    expect(answer.body).toMatchObject({ count: 1 });
    await emulator.whenIdle();
    expect(receiver.webhooks.map((webhook) => webhook.headers['svix-id'])).toEqual([before[1]]);
    await api('POST', `/emulator/endpoints/${String(id)}/replay`, { since: 0 });
    await emulator.whenIdle();
    expect(receiver.webhooks).toHaveLength(4);
  });

  it('have attempts that show request and response', async () => {
    receiver.answerWith(() => ({ status: 200, headers: { 'x-mine': 'yes' } }));
    await start({ webhookUrls: [receiver.url] });
    await createUser();
    await emulator.whenIdle();
    const [summary] = await list('/emulator/deliveries');
    expect((summary!['attempts'] as object[])[0]).not.toHaveProperty('request');
    const [detail] = await list(`/emulator/deliveries/${String(summary!['id'])}`);
    expect(detail).toMatchObject({
      body: receiver.webhooks[0]!.body,
      attempts: [
        {
          request: { headers: { 'svix-id': summary!['message_id'] }, body: null },
          response: { headers: { 'x-mine': 'yes' }, body: '' },
        },
      ],
    });
  });
});
