import { Webhook as SvixWebhook } from 'svix';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

const ticketUrl: unknown = expect.stringMatching(/[?&]__clerk_ticket=[\w-]+\.[\w-]+\.[\w-]+$/);

describe('POST /emulator/events', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let send: (params: object) => Promise<ReceivedWebhook>;

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url] });
    const api = rawApi(emulator);
    send = async (params) => {
      receiver.clear();
      const { status } = await api('POST', '/emulator/events', { type: 'user.updated', ...params });
      expect(status).toBe(200);
      return receiver.webhooks[0]!;
    };
  });
  afterAll(async () => {
    await emulator.close();
    await receiver.close();
  });

  const verify = ({ headers, body }: ReceivedWebhook): void =>
    void new SvixWebhook(emulator.webhookSecret).verify(body, headers as Record<string, string>);

  it('wraps data in the envelope and signs the body', async () => {
    const webhook = await send({ data: { id: 'user_1', object: 'user' }, timestamp: 5, instance_id: 'ins_other' });
    verify(webhook);
    expect(JSON.parse(webhook.body)).toMatchObject({
      data: { id: 'user_1' },
      instance_id: 'ins_other',
      timestamp: 5,
      type: 'user.updated',
    });
  });

  it('sends a body unchanged, with the given svix-id', async () => {
    const webhook = await send({ body: '{"odd" :\n1}', headers_override: { svix_id: 'msg_chosen' } });
    verify(webhook);
    expect(webhook.body).toBe('{"odd" :\n1}');
    expect(webhook.headers['svix-id']).toBe('msg_chosen');
  });

  it.each([
    ['another secret', { secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }],
    ['an invalid signature', { signature: 'v1,Zm9yZ2Vk' }],
    ['a stale timestamp', { timestamp_offset_seconds: -600 }],
    ['a timestamp in the future', { timestamp_offset_seconds: 600 }],
    ['no signature', { omit: ['svix-signature'] }],
  ])('sends %s', async (_how, headers_override) => {
    const webhook = await send({ data: { id: 'user_1' }, headers_override });
    expect(() => verify(webhook)).toThrow();
  });

  it('omits instance_id on request', async () => {
    const webhook = await send({ type: 'user.updated', data: { id: 'user_1' }, instance_id: null });
    verify(webhook);
    expect(JSON.parse(webhook.body)).not.toHaveProperty('instance_id');
  });

  it.each([
    ['dashboard_example', { type: 'user.created', instance_id: 'ins_123', data: { object: 'user' } }],
    ['dashboard_example_without_instance', { type: 'user.created', data: { object: 'user' } }],
    ['organization_invitation', { type: 'organizationInvitation.created', data: { url: ticketUrl } }],
    ['waitlist_invitation', { type: 'waitlistEntry.updated', data: { invitation: { url: ticketUrl } } }],
  ])('sends the preset %s as Clerk sends it', async (preset, event) => {
    const webhook = await send({ type: undefined, preset });
    verify(webhook);
    const body = JSON.parse(webhook.body) as Record<string, unknown>;
    expect(body).toMatchObject(event);
    expect('instance_id' in body).toBe(preset !== 'dashboard_example_without_instance');
  });

  it.each([
    [{ preset: 'dashboard_example', type: 'user.created' }, 'type'],
    [{ data: {} }, 'type'],
    [{ preset: 'dashboard_example', data: {} }, 'data'],
    [{ preset: 'mystery' }, 'preset'],
  ])('rejects %j and names the parameter %s', async (params, name) => {
    const { status, body } = await rawApi(emulator)('POST', '/emulator/events', params);
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(`"param_name":"${name}"`);
  });

  it('makes one attempt when retry is false, and returns its result', async () => {
    receiver.answerWith(() => ({ status: 401 }));
    const answer = await rawApi(emulator)('POST', '/emulator/events', {
      type: 'user.updated',
      data: { id: 'user_1' },
      headers_override: { signature: 'v1,Zm9yZ2Vk' },
      retry: false,
    });
    expect(answer.body).toMatchObject({
      data: [{ status: 'failed', user_id: 'user_1', next_attempt_at: null, attempts: [{ status: 401 }] }],
    });
  });
});
