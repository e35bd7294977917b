import { createClerkClient, verifyToken } from '@clerk/backend';
import { decodeJwt } from 'jose';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

const PHONE = '+12015550123';
const EMAIL = 'ada@example.com';

describe('a sign-in', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;
  let now: number;
  let userId: string;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    now = Date.now();
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url], now: () => now, ...options });
    api = rawApi(emulator);
    const ada = { email_address: [EMAIL], phone_number: [PHONE], public_metadata: { role: 'member' } };
    userId = String((await api('POST', '/v1/users', ada)).body['id']);
  };
  const signIn = async (identifier: string, more: object = {}) =>
    (await api('POST', '/emulator/sign-in', { identifier, ...more })).body;
  const attempt = (id: unknown, code: string) => api('POST', `/emulator/sign-in/${String(id)}/attempt`, { code });
  const lastCode = async (to: string): Promise<string> => {
    const { data } = (await api('GET', `/emulator/messages?to=${encodeURIComponent(to)}`)).body;
    return (data as { code: string }[])[0]!.code;
  };
  const events = async (): Promise<{ type: string; data: Record<string, unknown> }[]> => {
    await emulator.whenIdle();
    return receiver.webhooks.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
  };
  const wrongOf = (code: string) => (code === '000000' ? '000001' : '000000');

  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await emulator.close();
    await receiver.close();
  });

  it('by a test number accepts 424242 and starts a session', async () => {
    await start();
    const begun = await signIn(PHONE);
    expect(begun).toMatchObject({ status: 'needs_first_factor', first_factor_verification: { attempts: 0 } });
    expect(JSON.stringify(begun)).not.toContain('424242');
    const done = await attempt(begun['id'], '424242');
    expect(done.body).toMatchObject({ status: 'complete', user_id: userId, session: { status: 'active' } });
    const seen = await events();
    expect(seen.map(({ type }) => type)).toEqual(['user.created', 'sms.created', 'user.updated', 'session.created']);
    expect(seen[1]!.data).toMatchObject({ to_phone_number: PHONE, user_id: userId, data: { otp_code: '424242' } });
  });

  it('sets the session token in the plain and the suffixed cookie', async () => {
    await start({ issuer: 'https://spike-emulator-1.clerk.accounts.dev' });
    const { id } = await signIn(PHONE);
    const response = await fetch(`${emulator.url}/emulator/sign-in/${String(id)}/attempt`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: '424242' }),
    });
    const cookies = response.headers.getSetCookie().map((cookie) => (cookie.split(';')[0] ?? '').split('='));
    expect(cookies.map(([name]) => name)).toEqual(['__session', '__session_wIaT1O5k']);
    for (const [, token] of cookies) expect(decodeJwt(token ?? '').sub).toBe(userId);
  });

  it('by an address sends a new code, which email.created includes', async () => {
    await start();
    const { id } = await signIn(EMAIL.toUpperCase());
    const code = await lastCode(EMAIL);
    expect(code).toMatch(/^\d{6}$/);
    expect((await attempt(id, '424242')).body).toMatchObject({ errors: [{ code: 'form_code_incorrect' }] });
    expect((await attempt(id, code)).status).toBe(200);
    const email = (await events()).find(({ type }) => type === 'email.created');
    expect(email?.data).toMatchObject({ to_email_address: EMAIL, data: { otp_code: code } });
    expect((await attempt(id, code)).body).toMatchObject({ errors: [{ code: 'verification_already_verified' }] });
  });

  it('by a +clerk_test address accepts 424242', async () => {
    await start();
    const { id } = await signIn('bob+clerk_test@example.com', { sign_up: true });
    expect((await attempt(id, '424242')).status).toBe(200);
  });

  it('with an unknown identifier is rejected, or signs the user up', async () => {
    await start();
    expect(await api('POST', '/emulator/sign-in', { identifier: 'new@example.com' })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'form_identifier_not_found', meta: { param_name: 'identifier' } }] },
    });
    const { id } = await signIn('+12025550100', { sign_up: true });
    const done = await attempt(id, '424242');
    const user = await api('GET', `/v1/users/${String(done.body['user_id'])}`);
    expect(user.body).toMatchObject({ phone_numbers: [{ verification: { status: 'verified' } }], email_addresses: [] });
    const sms = (await events()).find(({ type }) => type === 'sms.created');
    expect(sms?.data['user_id']).toBeNull();
  });

  it('rejects even the correct code after five wrong ones, until a new code is sent', async () => {
    await start();
    const { id } = await signIn(EMAIL);
    const code = await lastCode(EMAIL);
    for (let i = 0; i < 5; i++) {
      expect(await attempt(id, wrongOf(code))).toMatchObject({
        status: 422,
        body: { errors: [{ code: 'form_code_incorrect', meta: { param_name: 'code' } }] },
      });
    }
    expect(await attempt(id, code)).toMatchObject({ status: 400, body: { errors: [{ code: 'verification_failed' }] } });
    await api('POST', `/emulator/sign-in/${String(id)}/resend`);
    expect((await attempt(id, await lastCode(EMAIL))).status).toBe(200);
  });

  it('rejects a code after ten minutes', async () => {
    await start();
    const { id } = await signIn(PHONE);
    now += 10 * 60_000;
    expect(await attempt(id, '424242')).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'verification_expired' }] },
    });
    expect((await api('GET', `/emulator/sign-in/${String(id)}`)).body).toMatchObject({
      first_factor_verification: { status: 'expired' },
    });
  });

  it('locks a user for an hour after a hundred wrong codes', async () => {
    await start({ codeAttempts: 1_000 });
    const { id } = await signIn(PHONE);
    for (let i = 0; i < 100; i++) await attempt(id, '000000');
    expect(await attempt(id, '424242')).toMatchObject({ status: 403, body: { errors: [{ code: 'user_locked' }] } });
    const locked = (await api('GET', `/v1/users/${userId}`)).body;
    expect(locked).toMatchObject({ locked: true, verification_attempts_remaining: 0 });
    expect((await events()).filter(({ type }) => type === 'user.updated')).toHaveLength(1);
    expect((await api('GET', '/emulator/notices')).body).toMatchObject({ data: [{ type: 'user.locked' }] });
    now += 3_600_001;
    expect((await signIn(PHONE))['status']).toBe('needs_first_factor');
  });

  it('is rejected during a lockout, which counts down on reads and ends without an event', async () => {
    await start();
    const user = () => api('GET', `/v1/users/${userId}`).then(({ body }) => body);
    const { updated_at } = (await api('POST', `/v1/users/${userId}/lock`)).body;
    expect(await user()).toMatchObject({ locked: true, lockout_expires_in_seconds: 3_600, updated_at });
    now += 600_000;
    const left = { locked: true, lockout_expires_in_seconds: 3_000, verification_attempts_remaining: 0 };
    expect(await user()).toMatchObject({ ...left, updated_at });
    expect(emulator.users()).toMatchObject([left]);
    await api('PATCH', `/v1/users/${userId}/metadata`, { public_metadata: { seen: true } });
    now += 2_999_000;
    expect(await user()).toMatchObject({ locked: true, lockout_expires_in_seconds: 1 });
    now += 1_000;
    const over = { locked: false, lockout_expires_in_seconds: null, verification_attempts_remaining: 100 };
    expect((await api('GET', '/v1/users')).body).toMatchObject([over]);
    expect((await signIn(PHONE))['status']).toBe('needs_first_factor');
    const changes = (await events()).filter(({ type }) => type === 'user.updated').map(({ data }) => data);
    expect(changes).toMatchObject([
      { locked: true, lockout_expires_in_seconds: 3_600 },
      { locked: true, lockout_expires_in_seconds: 3_000 },
    ]);
  });

  it('of a deprovisioned user is rejected until the user is reprovisioned; both changes send only user.updated', async () => {
    await start();
    const { id } = await signIn(PHONE);
    const session = (await api('POST', '/v1/sessions', { user_id: userId })).body;
    const before = (await events()).length;
    expect((await api('POST', `/emulator/users/${userId}/deprovision`)).body).toMatchObject({ deprovisioned: true });
    expect((await api('GET', `/v1/users/${userId}`)).body).toMatchObject({ deprovisioned: true });
    const rejected = { status: 403, body: { errors: [{ code: 'user_deactivated' }] } };
    expect(await api('POST', '/emulator/sign-in', { identifier: PHONE })).toMatchObject(rejected);
    expect(await attempt(id, '424242')).toMatchObject(rejected);
    expect(await api('POST', '/v1/sessions', { user_id: userId })).toMatchObject(rejected);
    expect((await api('GET', `/v1/sessions/${String(session['id'])}`)).body).toMatchObject({ status: 'active' });
    const page = await api('POST', `/emulator/page/users/${userId}/reprovision`);
    expect(page.body).toMatchObject({ deprovisioned: false });
    expect((await attempt(id, '424242')).status).toBe(200);
    expect((await events()).slice(before, before + 2)).toMatchObject([
      { type: 'user.updated', data: { deprovisioned: true } },
      { type: 'user.updated', data: { deprovisioned: false } },
    ]);
  });

  it('of a banned or locked user is rejected', async () => {
    await start();
    const { id } = await signIn(PHONE);
    for (const [verb, code] of [
      ['ban', 'user_banned'],
      ['lock', 'user_locked'],
    ]) {
      await api('POST', `/v1/users/${userId}/${verb}`);
      expect((await api('POST', '/emulator/sign-in', { identifier: PHONE })).body).toMatchObject({
        errors: [{ code }],
      });
      expect((await attempt(id, '424242')).body).toMatchObject({ errors: [{ code }] });
      await api('POST', `/v1/users/${userId}/un${verb}`);
    }
    expect((await attempt(id, '424242')).status).toBe(200);
  });

  it('can leave tasks: the session is pending until they are done', async () => {
    await start();
    const { id } = await signIn(PHONE, { pending: true });
    const session = (await attempt(id, '424242')).body['session'] as { id: string; status: string };
    expect(session.status).toBe('pending');
    const sts = async () =>
      decodeJwt(String((await api('POST', `/v1/sessions/${session.id}/tokens`)).body['jwt']))['sts'];
    expect(await sts()).toBe('pending');
    expect((await events()).at(-1)).toMatchObject({ type: 'session.pending', data: { status: 'pending' } });
    await api('POST', `/emulator/sessions/${session.id}/activate`);
    expect(await sts()).toBe('active');
    expect((await events()).at(-1)).toMatchObject({ type: 'session.created', data: { status: 'active' } });
  });

  it.each([
    ['POST', (id: string) => `/emulator/sessions/${id}/remove`, 'session.removed'],
    ['POST', (id: string) => `/emulator/sessions/${id}/end`, 'session.ended'],
    ['POST', (id: string) => `/v1/sessions/${id}/revoke`, 'session.revoked'],
    ['POST', () => `/v1/users/${userId}/ban`, 'session.revoked'],
  ])('ends by %s %s, which sends the event %s and prevents further tokens', async (method, path, type) => {
    await start();
    const { id } = await signIn(PHONE);
    const { id: sessionId } = (await attempt(id, '424242')).body['session'] as { id: string };
    await api(method, path(sessionId));
    const ended = (await events()).find((event) => event.type === type);
    expect(ended?.data).toMatchObject({ id: sessionId, status: type.replace('session.', ''), user: { id: userId } });
    expect((await api('POST', `/v1/sessions/${sessionId}/tokens`)).status).toBe(404);
  });

  it('lasts seven days, after which its session gets no token', async () => {
    await start();
    const { id, created_at, expire_at } = (await api('POST', '/v1/sessions', { user_id: userId })).body;
    expect(Number(expire_at) - Number(created_at)).toBe(7 * 86_400_000);
    now = Number(expire_at) - 1;
    expect((await api('POST', `/v1/sessions/${String(id)}/tokens`)).status).toBe(200);
    now += 1;
    expect((await api('POST', `/v1/sessions/${String(id)}/tokens`)).status).toBe(404);
  });

  it('with an actor token of the Backend API has the actor in the session token', async () => {
    await start();
    const clerk = createClerkClient({ secretKey: emulator.secretKey, apiUrl: emulator.url });
    const params = { userId, actor: { sub: 'user_admin' }, expiresInSeconds: 60 };
    const actorToken = await clerk.actorTokens.create(params);
    expect(actorToken).toMatchObject({ status: 'pending', userId });
    const redeem = (ticket: unknown) => api('POST', '/emulator/sign-in-by-ticket', { ticket });
    const session = (await redeem(actorToken.token)).body;
    expect(session).toMatchObject({ user_id: userId, actor: { sub: 'user_admin' } });
    const { jwt } = await clerk.sessions.getToken(String(session['id']));
    expect((await verifyToken(jwt, { jwtKey: emulator.jwtKey })).act).toEqual({ sub: 'user_admin' });
    expect((await redeem(actorToken.token)).status).toBe(400);
    const revoked = await clerk.actorTokens.create(params);
    expect((await clerk.actorTokens.revoke(revoked.id)).status).toBe('revoked');
    expect((await redeem(revoked.token)).status).toBe(400);
    const expired = await clerk.actorTokens.create(params);
    now += 60_000;
    expect((await redeem(expired.token)).status).toBe(400);
  });
});
