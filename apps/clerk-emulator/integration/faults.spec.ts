import { createClerkClient } from '@clerk/backend';
import { Webhook as SvixWebhook } from 'svix';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

describe('faults', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url], retryScheduleMs: [0, 1, 1], ...options });
    api = rawApi(emulator);
  };
  const fault = async (kind: string, more: object = {}): Promise<Record<string, unknown>> => {
    const answer = await api('POST', '/emulator/faults', { kind, ...more });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  let serial = 0;
  const createUser = () => api('POST', '/v1/users', { email_address: [`u${serial++}@example.com`] });
  const verifies = ({ headers, body }: ReceivedWebhook): boolean => {
    try {
      new SvixWebhook(emulator.webhookSecret).verify(body, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };
  const ids = () => receiver.webhooks.map((webhook) => webhook.headers['svix-id']);

  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await emulator.close();
    await receiver.close();
  });

  describe('of webhooks:', () => {
    beforeEach(() => {
      // Like a correct receiver: rejects what does not verify, so that Svix retries.
      receiver.answerWith((webhook) => ({ status: verifies(webhook) ? 200 : 400 }));
    });

    it('duplicate sends the event again with the same svix-id', async () => {
      await start();
      await fault('duplicate', { params: { copies: 2 } });
      await createUser();
      await receiver.received(3);
      expect(new Set(ids()).size).toBe(1);
    });

    it('reorder sends later events first', async () => {
      await start({ webhookConcurrency: 1 });
      await fault('reorder', { count: 1, match: { event_types: ['user.created'] }, params: { max_wait_ms: 60_000 } });
      const { id } = (await createUser()).body;
      await api('PATCH', `/v1/users/${String(id)}`, { first_name: 'Ada' });
      const webhooks = await receiver.received(2);
      expect(webhooks.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
        'user.updated',
        'user.created',
      ]);
    });

    it('reorder sends the event after the maximum wait when no later event comes', async () => {
      await start();
      await fault('reorder', { params: { max_wait_ms: 20 } });
      await createUser();
      await receiver.received(1);
    });

    it('delay sends the event later', async () => {
      await start();
      await fault('delay', { params: { delay_ms: 150 } });
      const before = Date.now();
      await createUser();
      const [webhook] = await receiver.received(1);
      expect(webhook!.at - before).toBeGreaterThanOrEqual(145);
    });

    it('drop never sends the event and records the reason', async () => {
      await start();
      const { id } = await fault('drop', { count: 1 });
      await createUser();
      await createUser();
      await receiver.received(1);
      await emulator.whenIdle();
      expect(receiver.webhooks).toHaveLength(1);
      const { data } = (await api('GET', '/emulator/deliveries?status=failed')).body as { data: { note: string }[] };
      expect(data).toMatchObject([{ note: `dropped by fault ${String(id)}`, fault_kinds: ['drop'], attempts: [] }]);
    });

    it.each([
      ['stale_timestamp', {}],
      ['future_timestamp', {}],
      ['wrong_signature', {}],
      ['altered_body', {}],
      ['altered_body', { alteration: 'whitespace' }],
      ['altered_body', { alteration: 'truncate' }],
    ])('%s %j fails verification once, and the retry succeeds', async (kind, params) => {
      await start();
      await fault(kind, { params });
      await createUser();
      const webhooks = await receiver.received(2);
      expect(webhooks.map(verifies)).toEqual([false, true]);
      await emulator.whenIdle();
      const { data } = (await api('GET', '/emulator/deliveries')).body;
      expect(data).toMatchObject([{ status: 'delivered', attempts: [{ faults: [kind] }, { faults: [] }] }]);
    });

    it('altered_body with resign verifies but has other content', async () => {
      await start();
      await fault('altered_body', { params: { resign: true, alteration: 'truncate' } });
      await createUser();
      const [webhook] = await receiver.received(1);
      expect(verifies(webhook!)).toBe(true);
      expect(() => void JSON.parse(webhook!.body)).toThrow(SyntaxError);
    });

    it('attempts null applies to every attempt', async () => {
      await start();
      await fault('wrong_signature', { params: { attempts: null } });
      await createUser();
      expect((await receiver.received(3)).map(verifies)).toEqual([false, false, false]);
    });

    it('a rule applies only to its match, at most count times, and only while enabled', async () => {
      await start();
      const rule = await fault('drop', { count: 1, match: { event_types: ['user.deleted', 'session.*'] } });
      await fault('drop', { enabled: false });
      await createUser();
      const { id } = (await createUser()).body;
      for (let i = 0; i < 2; i++) await api('POST', '/v1/sessions', { user_id: id });
      await emulator.whenIdle();
      const dropped = (await api('GET', '/emulator/deliveries?status=failed')).body['data'];
      expect(dropped).toMatchObject([{ type: 'session.created' }]);
      expect((await api('GET', `/emulator/faults/${String(rule['id'])}`)).body).toMatchObject({
        considered: 2,
        applied: 1,
      });
    });

    it('the same seed gives the same faults, another seed gives others', async () => {
      await start({ webhookUrls: [receiver.url, `${receiver.url}/2`], seed: 'one' });
      const run = async (seed: string | number): Promise<string> => {
        await api('DELETE', '/emulator/faults');
        await api('PUT', '/emulator/faults/seed', { seed });
        await fault('drop', { probability: 0.3 });
        await fault('duplicate', { probability: 0.4, match: { event_types: ['user.created'] } });
        await fault('wrong_signature', { probability: 0.2 });
        for (let i = 0; i < 15; i++) await createUser();
        const { data } = (await api('GET', '/emulator/faults/decisions')).body as {
          data: { kind: string; struck: boolean }[];
        };
        return data.map(({ kind, struck }) => `${kind}:${struck}`).join();
      };
      const first = await run('one');
      expect(first).toContain('true');
      expect(await run('one')).toBe(first);
      expect(await run(2)).not.toBe(first);
      expect(await run('one')).toBe(first);
    });
  });

  describe('of the Backend API:', () => {
    const clerk = () => createClerkClient({ secretKey: emulator.secretKey, apiUrl: emulator.url });
    const newUser = async (): Promise<string> => String((await createUser()).body['id']);

    it('api_429 answers with Retry-After', async () => {
      await start();
      await fault('api_429', { count: 1, params: { retry_after_seconds: 7 } });
      await expect(clerk().users.getUserList()).rejects.toMatchObject({
        status: 429,
        retryAfter: 7,
        errors: [{ code: 'too_many_requests' }],
      });
      await clerk().users.getUserList();
    });

    it.each([
      ['api_408', 408, 'request_timeout'],
      ['api_409', 409, 'resource_locked'],
    ])('%s rejects a request without handling it', async (kind, status, code) => {
      await start();
      const id = await newUser();
      await fault(kind, { count: 1 });
      await expect(clerk().users.updateUser(id, { firstName: 'A' })).rejects.toMatchObject({
        status,
        errors: [{ code }],
      });
      expect((await clerk().users.getUser(id)).firstName).toBeNull();
    });

    it('api_500 answers before or after the request is handled', async () => {
      await start();
      const id = await newUser();
      await fault('api_500', { count: 1, params: { status: 503 }, match: { methods: ['PATCH'] } });
      await expect(clerk().users.updateUser(id, { firstName: 'A' })).rejects.toMatchObject({ status: 503 });
      expect((await clerk().users.getUser(id)).firstName).toBeNull();
      await fault('api_500', { count: 1, params: { after_effect: true }, match: { path: '/v1/users/*' } });
      await expect(clerk().users.updateUser(id, { firstName: 'B' })).rejects.toMatchObject({ status: 500 });
      expect((await clerk().users.getUser(id)).firstName).toBe('B');
    });

    it('api_hang closes the connection without an answer, or answers late', async () => {
      await start();
      await fault('api_hang', { count: 1, params: { hang_ms: 50 } });
      await expect(clerk().users.getCount()).rejects.toMatchObject({ status: undefined });
      await fault('api_hang', { count: 1, params: { hang_ms: 100, then: 'answer' } });
      const before = Date.now();
      expect(await clerk().users.getCount()).toBe(0);
      expect(Date.now() - before).toBeGreaterThanOrEqual(95);
    });

    it('api_hang does not delay the shutdown of the emulator', async () => {
      await start();
      await fault('api_hang', { params: { hang_ms: 600_000 } });
      const answer = api('GET', '/v1/users');
      const failed = expect(answer).rejects.toThrow();
      while (((await api('GET', '/emulator/faults')).body['data'] as { applied: number }[])[0]?.applied === 0);
      await emulator.close();
      await failed;
    });

    it('api_content_type makes the SDK return raw text', async () => {
      await start();
      await fault('api_content_type', { count: 1 });
      expect(await api('GET', '/v1/users')).toMatchObject({ contentType: 'application/json; charset=utf-8', body: [] });
      await fault('api_content_type', { count: 1, params: { content_type: 'text/html' } });
      expect(await clerk().users.getUserList()).toMatchObject({ data: '[]' });
    });

    it('api_stale_read returns an earlier version of a user, also of a deleted one', async () => {
      await start();
      const id = await newUser();
      for (const firstName of ['A', 'B', 'C']) await clerk().users.updateUser(id, { firstName });
      await fault('api_stale_read', { count: 2 });
      expect((await clerk().users.getUser(id)).firstName).toBe('B');
      expect((await clerk().users.getUserList()).data[0]?.firstName).toBe('B');
      expect((await clerk().users.getUser(id)).firstName).toBe('C');
      await api('DELETE', '/emulator/faults');
      await fault('api_stale_read', { count: 1, params: { versions_back: 3 } });
      expect((await clerk().users.getUser(id)).firstName).toBeNull();
      await clerk().users.deleteUser(id);
      await fault('api_stale_read', { count: 1 });
      expect((await clerk().users.getUser(id)).firstName).toBe('C');
      await expect(clerk().users.getUser(id)).rejects.toMatchObject({ status: 404 });
    });
  });

  it('are listed with their kinds and default parameters', async () => {
    await start();
    const { data } = (await api('GET', '/emulator/faults/kinds')).body as { data: { kind: string; params: object }[] };
    expect(data).toHaveLength(17);
    expect(data).toContainEqual(expect.objectContaining({ kind: 'duplicate', params: { copies: 1, delay_ms: 0 } }));
  });

  it.each([
    [{ kind: 'earthquake' }, 'kind'],
    [{ kind: 'drop', probability: 2 }, 'probability'],
    [{ kind: 'drop', params: { copies: 1 } }, 'params'],
    [{ kind: 'duplicate', params: { copies: 'many' } }, 'params'],
    [{ kind: 'drop', match: { event_types: ['user'] } }, 'match'],
    [{ kind: 'api_429', match: { path: 'v1' } }, 'match'],
  ])('are rejected with the parameters %j', async (params, name) => {
    await start();
    expect(await api('POST', '/emulator/faults', params)).toMatchObject({
      status: 422,
      body: { errors: [{ meta: { param_name: name } }] },
    });
  });
});
