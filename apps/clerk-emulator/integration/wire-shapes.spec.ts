import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { fixture, keyPaths } from './fixture';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

describe('the wire format', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;
  const events = new Map<string, Record<string, unknown>[]>();
  const answers: Record<string, Awaited<ReturnType<typeof api>>> = {};

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url] });
    api = rawApi(emulator);
    const ada = { email_address: ['ada+clerk_test@example.com'], phone_number: ['+12015550100'] };
    answers['user'] = await api('POST', '/v1/users', ada);
    answers['count'] = await api('GET', '/v1/users/count');
    const id = String(answers['user'].body['id']);
    const session = await api('POST', '/v1/sessions', { user_id: id });
    answers['sessions'] = await api('GET', `/v1/sessions?user_id=${id}`);
    answers['revoked'] = await api('POST', `/v1/sessions/${String(session.body['id'])}/revoke`);
    for (const end of ['end', 'remove']) {
      const other = await api('POST', '/emulator/sessions', { user_id: id });
      await api('POST', `/emulator/sessions/${String(other.body['id'])}/${end}`);
    }
    answers['deleted'] = await api('DELETE', `/v1/users/${id}`);
    answers['missing'] = await api('GET', `/v1/users/${id}`);
    answers['stranger'] = await api('GET', '/v1/users', undefined, { authorization: 'Bearer sk_test_other' });
    const external = await api('POST', '/v1/users', { phone_number: ['+12015550101'], external_id: 'ext_42' });
    await api('DELETE', `/v1/users/${String(external.body['id'])}`);
    await emulator.whenIdle();
    for (const { body } of receiver.webhooks) {
      const event = JSON.parse(body) as Record<string, unknown>;
      events.set(String(event['type']), [...(events.get(String(event['type'])) ?? []), event]);
    }
  });
  afterAll(async () => {
    await emulator.close();
    await receiver.close();
  });

  it.each(['user.created', 'user.updated', 'session.created', 'session.revoked'])(
    'has the keys of the recorded payload in the webhook %s',
    (type) => {
      expect(keyPaths(events.get(type)?.[0])).toEqual(keyPaths(fixture(type)));
    },
  );

  it.each(['session.ended', 'session.removed'])('has the keys of session.revoked in the webhook %s', (type) => {
    expect(keyPaths(events.get(type)?.[0])).toEqual(keyPaths(fixture('session.revoked')));
  });

  it('has the recorded keys in user.created of a user with only a phone number', () => {
    const phoneOnly = events
      .get('user.created')
      ?.find((event) => (event['data'] as { email_addresses: unknown[] }).email_addresses.length === 0);
    expect(keyPaths(phoneOnly)).toEqual(keyPaths(fixture('user.created.phone-only')));
  });

  it('has the recorded keys in user.deleted, with and without external id', () => {
    const shapes = events.get('user.deleted')?.map((event) => keyPaths(event)) ?? [];
    expect(shapes).toHaveLength(2);
    expect(shapes).toContainEqual(keyPaths(fixture('user.deleted')));
    expect(shapes).toContainEqual(keyPaths(fixture('user.deleted.external_id')));
  });

  it('has the recorded keys in the answers of the Backend API', () => {
    expect(keyPaths(answers['user']?.body)).toEqual(keyPaths(fixture('bapi.user')));
    expect(answers['count']?.body).toEqual(fixture('bapi.users-count'));
    expect(keyPaths(answers['deleted']?.body)).toEqual(keyPaths(fixture('bapi.delete-user')));
    expect(answers['missing']).toMatchObject({ status: 404, body: { errors: [{ code: 'resource_not_found' }] } });
    expect(keyPaths(answers['missing']?.body)).toEqual(keyPaths(fixture('bapi.error-404')));
    expect(answers['stranger']).toMatchObject({
      status: 401,
      body: { errors: (fixture('bapi.error-401') as { errors: unknown[] }).errors },
    });
  });

  it('has the keys of a session of a webhook, without the user, in lists and in the answer to a revocation', () => {
    const { user: _user, ...session } = fixture('session.revoked')['data'] as Record<string, unknown>;
    const listed = answers['sessions']?.body as unknown as unknown[];
    expect(listed).toHaveLength(1);
    for (const one of [listed[0], answers['revoked']?.body]) expect(keyPaths(one)).toEqual(keyPaths(session));
  });

  it('has the content type application/json, without a charset, in every answer', () => {
    expect(new Set(Object.values(answers).map((answer) => answer.contentType))).toEqual(new Set(['application/json']));
  });

  it('has the user after the sign-in in session.created', () => {
    const [created] = events.get('session.created') ?? [];
    const { user, created_at } = created?.['data'] as { user: { last_sign_in_at: number }; created_at: number };
    expect(user.last_sign_in_at).toBe(created_at);
  });

  it('has no event timestamp before the time of its change', () => {
    for (const event of [...events.values()].flat()) {
      const { updated_at } = event['data'] as { updated_at?: number };
      expect(event['timestamp']).toBeGreaterThanOrEqual(updated_at ?? 0);
    }
  });
});
