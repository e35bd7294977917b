import { createClerkClient, verifyToken } from '@clerk/backend';
import { decodeJwt } from 'jose';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser, PAGE } from './frontend-browser';

const EMAIL = 'ada+clerk_test@example.com';
const PHONE = '+12015550100';

describe('the Frontend API', () => {
  let emulator: ClerkEmulator;
  let browser: FrontendBrowser;
  let now = 1_790_000_000_000;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    emulator = await startClerkEmulator({ now: () => now, ...options });
    browser = await FrontendBrowser.open(emulator);
  };
  afterEach(() => emulator.close());

  const eventTypes = (): string[] => {
    const events = emulator.deliveries().map(({ type }) => type);
    return events.reverse();
  };

  it.each([EMAIL, PHONE])('signs %s up by a code, with a user, a session and their webhooks', async (identifier) => {
    await start({ webhookUrls: ['http://127.0.0.1:9/'], retryScheduleMs: [0] });
    const begun = await browser.call('POST', '/v1/client/sign_ups', { first_name: 'Ada', unsafe_metadata: '{"a":1}' });
    expect(begun.body.response).toMatchObject({ status: 'missing_requirements', unverified_fields: [] });
    const kind = identifier === EMAIL ? 'email_address' : 'phone_number';
    const strategy = identifier === EMAIL ? 'email_code' : 'phone_code';
    const path = `/v1/client/sign_ups/${String(begun.body.response.id)}`;
    const named = await browser.call('PATCH', path, { [kind]: identifier });
    expect(named.body.response).toMatchObject({ unverified_fields: [kind], [kind]: identifier });
    expect(named.body.client).toMatchObject({ sessions: [], sign_up: { id: begun.body.response.id } });
    const sent = await browser.call('POST', `${path}/prepare_verification`, { strategy });
    expect(sent.body.response.verifications[kind]).toMatchObject({ next_action: 'needs_attempt', attempts: 0 });
    expect(JSON.stringify(sent.body)).not.toContain('424242');
    const done = await browser.call('POST', `${path}/attempt_verification`, { strategy, code: '424242' });
    const { created_session_id: sessionId, created_user_id: userId } = done.body.response;
    expect(done.body.response).toMatchObject({ status: 'complete', unverified_fields: [] });
    expect(done.body.client).toMatchObject({
      last_active_session_id: sessionId,
      sign_up: null,
      sessions: [
        { id: sessionId, status: 'active', user: { id: userId, first_name: 'Ada', unsafe_metadata: { a: 1 } } },
      ],
    });
    expect(JSON.stringify(done.body)).not.toContain('private_metadata');
    const message = identifier === EMAIL ? 'email.created' : 'sms.created';
    expect(eventTypes()).toEqual([message, 'user.created', 'user.updated', 'session.created']);
    const known = await createClerkClient(emulator.clientOptions).sessions.getSession(sessionId);
    expect(known).toMatchObject({ userId, clientId: done.body.client.id, status: 'active' });
  });

  it('gives tokens for the page that asks, which Clerk’s verifier accepts', async () => {
    await start({ now: Date.now });
    const { body } = await browser.signUp(EMAIL);
    const sessionId = String(body.response.created_session_id);
    const { body: token } = await browser.call('POST', `/v1/client/sessions/${sessionId}/tokens`, {
      organization_id: '',
      tab_state: 'x',
    });
    const claims = await verifyToken(token.jwt, { jwtKey: emulator.jwtKey, authorizedParties: [PAGE] });
    expect(claims).toMatchObject({ sid: sessionId, azp: PAGE, sts: 'active', v: 2 });
    const piggybacked = body.client.sessions[0].last_active_token;
    expect(decodeJwt(piggybacked.jwt)).toMatchObject({ sid: sessionId, azp: PAGE });
  });

  it('signs a user in by the address or number that the browser chooses, with the code that the outbox shows', async () => {
    await start();
    const user = emulator.createUser({ email_address: ['bob@example.com'], phone_number: [PHONE] });
    const begun = await browser.call('POST', '/v1/client/sign_ins', { identifier: 'BOB@example.com', locale: 'en' });
    expect(begun.body.response).toMatchObject({
      status: 'needs_first_factor',
      identifier: 'bob@example.com',
      first_factor_verification: null,
      supported_first_factors: [{ strategy: 'email_code' }, { strategy: 'phone_code', safe_identifier: PHONE }],
    });
    expect((await browser.signIn('bob@example.com')).body.errors).toMatchObject([
      { code: 'form_code_incorrect', meta: { param_name: 'code' } },
    ]);
    const path = await browser.beginSignIn('bob@example.com');
    const code = emulator.lastCode('bob@example.com') ?? '';
    const done = await browser.call('POST', `${path}/attempt_first_factor`, { strategy: 'email_code', code });
    expect(done.body).toMatchObject({
      response: { status: 'complete', user_data: { has_image: false } },
      client: { sign_in: null, last_authentication_strategy: 'email_code', sessions: [{ user: { id: user.id } }] },
    });
    expect((await browser.call('POST', '/v1/client/sign_ins', { identifier: PHONE })).body.errors).toMatchObject([
      { code: 'identifier_already_signed_in', meta: { session_id: done.body.response.created_session_id } },
    ]);
  });

  it('rejects a sixth code, an expired one, and those of locked and banned users', async () => {
    await start();
    const user = emulator.createUser({ email_address: [EMAIL] });
    const path = await browser.beginSignIn(EMAIL);
    const attempt = async (code: string) => {
      const { status, body } = await browser.call('POST', `${path}/attempt_first_factor`, {
        strategy: 'email_code',
        code,
      });
      return [status, body.errors?.[0].code];
    };
    for (let n = 0; n < 5; n++) expect(await attempt('000000')).toEqual([422, 'form_code_incorrect']);
    expect(await attempt('424242')).toEqual([400, 'verification_failed']);
    await browser.call('POST', `${path}/prepare_first_factor`, { strategy: 'email_code' });
    now += 600_000;
    expect(await attempt('424242')).toEqual([400, 'verification_expired']);
    await browser.call('POST', `${path}/prepare_first_factor`, { strategy: 'email_code' });
    const clerk = createClerkClient(emulator.clientOptions);
    await clerk.users.lockUser(user.id);
    expect(await attempt('424242')).toEqual([403, 'user_locked']);
    await clerk.users.unlockUser(user.id);
    await clerk.users.banUser(user.id);
    expect(await attempt('424242')).toEqual([403, 'user_banned']);
    await clerk.users.unbanUser(user.id);
    expect(await attempt('424242')).toEqual([200, undefined]);
    expect(await attempt('424242')).toEqual([400, 'verification_already_verified']);
  });

  it('keeps several sessions of a browser, and signs out of one and of all', async () => {
    await start();
    const ada = (await browser.signUp(EMAIL)).body.response.created_session_id;
    const bob = (await browser.signUp(PHONE)).body.response.created_session_id;
    const client = async () => (await browser.call('GET', '/v1/client')).body.response;
    expect(await client()).toMatchObject({ last_active_session_id: bob, sessions: [{ id: ada }, { id: bob }] });
    const before = (await client()).updated_at;
    const touched = await browser.call('POST', `/v1/client/sessions/${ada}/touch`, { intent: 'select_session' });
    expect(touched.body).toMatchObject({ response: { id: ada }, client: { last_active_session_id: ada } });
    expect(touched.body.client.updated_at).toBeGreaterThan(before);
    const removed = await browser.call('POST', `/v1/client/sessions/${ada}/remove`);
    expect(removed.body).toMatchObject({
      response: { id: ada, status: 'removed', last_active_token: null },
      client: { last_active_session_id: bob, sessions: [{ id: bob }] },
    });
    expect(await browser.call('POST', `/v1/client/sessions/${ada}/tokens`)).toMatchObject({
      status: 401,
      body: { errors: [{ code: 'authentication_invalid' }] },
    });
    const all = await browser.call('DELETE', '/v1/client/sessions');
    expect(all.body).toMatchObject({ response: { sessions: [], last_active_session_id: null } });
    const clerk = createClerkClient(emulator.clientOptions);
    expect((await clerk.sessions.getSession(bob)).status).toBe('removed');
  });

  it('ends the session of a user who is banned, signed out elsewhere or deleted', async () => {
    await start();
    const clerk = createClerkClient(emulator.clientOptions);
    const answerAfter = async (end: (ids: { userId: string; sessionId: string }) => unknown) => {
      const other = await FrontendBrowser.open(emulator);
      const { body } = await other.signUp(`user-${String(Math.random()).slice(2)}+clerk_test@example.com`);
      const { created_user_id: userId, created_session_id: sessionId } = body.response;
      await end({ userId, sessionId });
      const { status, body: answer } = await other.call('POST', `/v1/client/sessions/${sessionId}/tokens`);
      const { sessions } = (await other.call('GET', '/v1/client')).body.response;
      return [status, answer.errors[0].code, sessions.length];
    };
    expect(await answerAfter(({ userId }) => clerk.users.banUser(userId))).toEqual([403, 'user_banned', 0]);
    expect(await answerAfter(({ sessionId }) => clerk.sessions.revokeSession(sessionId))).toEqual([
      ...[401, 'authentication_invalid', 0],
    ]);
    expect(await answerAfter(({ userId }) => clerk.users.deleteUser(userId))).toEqual([
      ...[401, 'authentication_invalid', 0],
    ]);
  });

  it('does not show one browser the sign-in or the session of another', async () => {
    await start();
    const { body } = await browser.signUp(EMAIL);
    const path = await browser.beginSignIn(
      String(emulator.createUser({ phone_number: [PHONE] }).phone_numbers[0]?.phone_number),
    );
    const other = await FrontendBrowser.open(emulator);
    expect((await other.call('GET', path)).status).toBe(404);
    expect((await other.call('GET', `/v1/client/sessions/${body.response.created_session_id}`)).status).toBe(401);
    expect((await other.call('GET', '/v1/me')).status).toBe(401);
    expect((await browser.call('GET', path)).body.response).toMatchObject({ identifier: PHONE });
  });

  it('changes the profile of the user, with webhooks, and deletes the user', async () => {
    await start();
    const { body } = await browser.signUp(EMAIL);
    const userId = String(body.response.created_user_id);
    const named = await browser.call('PATCH', '/v1/me', { first_name: 'Ada', last_name: '' });
    expect(named.body).toMatchObject({
      response: { first_name: 'Ada', last_name: null },
      client: { sessions: [{ public_user_data: { first_name: 'Ada', identifier: EMAIL } }] },
    });
    await browser.call('PATCH', '/v1/me/metadata', { unsafe_metadata: '{"theme":"dark"}' });
    expect(emulator.findUser(userId)).toMatchObject({ first_name: 'Ada', unsafe_metadata: { theme: 'dark' } });
    expect((await browser.call('PATCH', '/v1/me/metadata', { unsafe_metadata: '[]' })).body.errors).toMatchObject([
      { code: 'form_param_format_invalid', meta: { param_name: 'unsafe_metadata' } },
    ]);
    const phone = emulator.signIn(userId);
    expect((await browser.call('GET', '/v1/me/sessions/active')).body).toMatchObject([{}, { id: phone.id }]);
    expect((await browser.call('POST', `/v1/me/sessions/${phone.id}/revoke`)).body.response).toMatchObject({
      status: 'revoked',
    });
    const foreign = emulator.signIn(emulator.createUser().id).id;
    expect((await browser.call('POST', `/v1/me/sessions/${foreign}/revoke`)).status).toBe(404);
    expect((await browser.call('DELETE', '/v1/me')).body).toMatchObject({
      response: { object: 'user', deleted: true },
      client: { sessions: [] },
    });
    expect(emulator.findUser(userId)).toBeUndefined();
  });

  it.each([
    ['email_addresses', 'email_address', 'second+clerk_test@example.com'],
    ['phone_numbers', 'phone_number', '+12015550102'],
  ])('adds, verifies and removes one of the %s of the user', async (path, kind, value) => {
    await start();
    const userId = String((await browser.signUp(EMAIL)).body.response.created_user_id);
    // Clerk's scripts send this path with a slash at its end.
    const added = await browser.call('POST', `/v1/me/${path}/`, { [kind]: value });
    const one = `/v1/me/${path}/${String(added.body.response.id)}`;
    expect(added.body.response).toMatchObject({ [kind]: value, verification: null });
    expect((await browser.call('POST', `${one}/attempt_verification`, { code: '424242' })).body.errors).toMatchObject([
      { code: 'verification_missing' },
    ]);
    const sent = await browser.call('POST', `${one}/prepare_verification`, { strategy: 'email_code' });
    expect(sent.body.response.verification).toMatchObject({ status: 'unverified', attempts: 0 });
    expect((await browser.call('POST', `${one}/attempt_verification`, { code: '000000' })).body.errors).toMatchObject([
      { code: 'form_code_incorrect' },
    ]);
    const done = await browser.call('POST', `${one}/attempt_verification`, { code: '424242' });
    expect(done.body.response.verification).toMatchObject({ status: 'verified' });
    const param = `primary_${kind}_id`;
    await browser.call('PATCH', '/v1/me', { [param]: String(added.body.response.id) });
    expect(emulator.findUser(userId)).toMatchObject({ [param]: added.body.response.id });
    expect((await browser.call('GET', `/v1/me/${path}`)).body).toMatchObject(
      kind === 'email_address' ? [{}, { [kind]: value }] : [{ [kind]: value }],
    );
    expect((await browser.call('DELETE', one)).body.response).toMatchObject({ object: kind, deleted: true });
    expect((await browser.call('GET', one)).status).toBe(404);
  });

  it('asks a browser that it does not know to get a new credential', async () => {
    await start();
    await browser.signUp(EMAIL);
    emulator.reset();
    expect(await browser.call('GET', '/v1/client')).toMatchObject({
      status: 401,
      body: { errors: [{ code: 'dev_browser_unauthenticated' }] },
    });
    expect((await browser.call('PATCH', '/v1/environment')).status).toBe(200);
    expect((await FrontendBrowser.open(emulator).then((fresh) => fresh.call('GET', '/v1/client'))).body).toEqual({
      response: null,
      client: null,
    });
  });

  it('answers pages of local hosts with CORS headers, and no page of the internet', async () => {
    await start();
    const answer = await browser.call('GET', '/v1/client');
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    const failed = await browser.call('GET', '/v1/client/sign_ins/none');
    expect([failed.status, failed.headers.get('access-control-allow-origin')]).toEqual([404, PAGE]);
    const foreign = { origin: 'https://evil.example' };
    for (const path of ['/v1/dev_browser', '/v1/client/sign_ins', '/v1/client']) {
      expect(await browser.call('POST', path, {}, foreign)).toMatchObject({
        status: 403,
        body: { errors: [{ code: 'origin_invalid' }] },
      });
    }
    const preflight = await fetch(`${emulator.url}/v1/client`, { method: 'OPTIONS', headers: { origin: PAGE } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    expect((await rawApi(emulator)('GET', '/v1/users', undefined, foreign)).status).toBe(200);
  });

  it('injects the faults of the Backend API, chosen by path', async () => {
    await start();
    emulator.addFault({ kind: 'api_500', count: 1, match: { path: '/v1/client' }, params: { status: 503 } });
    expect((await browser.call('GET', '/v1/client')).status).toBe(503);
    expect((await browser.call('GET', '/v1/client')).status).toBe(200);
  });

  describe('in a handshake', () => {
    const handshake = async (redirectUrl: string, credential?: string) => {
      const query = new URLSearchParams({ redirect_url: redirectUrl, suffixed_cookies: 'true', format: 'nonce' });
      if (credential !== undefined) query.set('__clerk_db_jwt', credential);
      const url = `${emulator.url}/v1/client/handshake?${query.toString()}`;
      return fetch(url, { redirect: 'manual', headers: { 'sec-fetch-mode': 'navigate' } });
    };
    const cookiesOf = (response: Response): Map<string, string> => {
      const back = new URL(response.headers.get('location') ?? '');
      const { handshake: cookies } = decodeJwt<{ handshake: string[] }>(
        back.searchParams.get('__clerk_handshake') ?? '',
      );
      return new Map(cookies.map((text) => text.split(/=(.*)/s).slice(0, 2) as [string, string]));
    };

    it('redirects to the app with the cookies of the session, plain and suffixed', async () => {
      await start({ issuer: 'https://spike-emulator-1.clerk.accounts.dev' });
      const { body } = await browser.signUp(EMAIL);
      const response = await handshake('http://localhost:3010/items?page=2', browser.credential);
      expect(response.status).toBe(307);
      expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3010\/items\?page=2&__clerk_handshake=/);
      const cookies = cookiesOf(response);
      expect([...cookies.keys()]).toEqual(
        ['__clerk_db_jwt', '__client_uat', '__session'].flatMap((name) => [name, `${name}_wIaT1O5k`]),
      );
      const [token = ''] = cookies.get('__session_wIaT1O5k')?.split(';') ?? [];
      expect(decodeJwt(token)).toMatchObject({ sid: body.response.created_session_id, azp: 'http://localhost:3010' });
      const [signedInAt] = cookies.get('__client_uat')?.split(';') ?? [];
      expect(Number(signedInAt)).toBeLessThanOrEqual(decodeJwt(token).iat ?? 0);
      expect(Number(signedInAt)).toBeGreaterThan(0);
    });

    it('removes the session of a browser that is signed out, and gives a credential to one without', async () => {
      await start();
      const cookies = cookiesOf(await handshake(PAGE));
      expect(cookies.get('__session')).toBe('; Path=/; SameSite=Lax; Max-Age=0');
      expect(cookies.get('__client_uat')).toMatch(/^0;/);
      expect(cookies.get('__clerk_db_jwt')).toMatch(/^dvb_/);
    });

    it.each(['https://evil.example/', 'javascript:alert(1)', '//evil.example', 'nonsense'])(
      'does not redirect to %s',
      async (url) => {
        await start();
        const response = await handshake(url, browser.credential);
        expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      },
    );
  });
});
