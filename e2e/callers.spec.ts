import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { type ParsedJson, PATIENCE_MS, eventually } from '@gatehouse/testing';
import { CountingProxy } from './counting-proxy';
import { describeClient } from './client/client-story';
import { describeLiveUpdates } from './client/live-story';
import { type Stack, startStack } from './stack';

let stack: Stack;
let proxy: CountingProxy;
let clerk: ClerkClient;
let emulator: string;

beforeAll(async () => {
  proxy = await CountingProxy.start();
  stack = await startStack({ CLERK_API_URL: proxy.url, CLERK_SEED_ROLES: 'user,developer,admin' });
  proxy.leadTo(stack.gatehouse.ports.emulator);
  emulator = `http://127.0.0.1:${stack.gatehouse.ports.emulator}`;
  const secretKey = stack.gatehouse.environments['clerk-emulator'].CLERK_SECRET_KEY ?? '';
  clerk = createClerkClient({ secretKey, apiUrl: emulator });
});

afterAll(async () => {
  await stack?.stop();
  proxy?.stop();
});

interface Answer {
  readonly status: number;
  readonly body: ParsedJson;
}

async function call(path: string, headers: Record<string, string>, method = 'GET', body?: unknown): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.gateway}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, body: await response.json() };
}

async function signIn(draft: Parameters<ClerkClient['users']['createUser']>[0]) {
  const user = await clerk.users.createUser({ skipPasswordRequirement: true, ...draft });
  const session = await clerk.sessions.createSession({ userId: user.id });
  const token = async () => (await clerk.sessions.getToken(session.id)).jwt;
  return { user, session, token, bearer: async () => ({ authorization: `Bearer ${await token()}` }) };
}

const asAdmin = async () => {
  const { bearer } = await signIn({
    emailAddress: [`admin-${Date.now()}@example.com`],
    publicMetadata: { role: 'admin' },
  });
  return bearer();
};

describe('a new Clerk user', () => {
  it('who sends fifty first requests at once is one row and one fetch, and gets fifty answers', async () => {
    await fetch(`${emulator}/emulator/pause`, { method: 'POST' });
    const { user, bearer } = await signIn({ emailAddress: ['crowd@example.com'] });
    const headers = await bearer();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('/api/me', headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const rows = await stack.users.query('SELECT id FROM users WHERE clerk_user_id = $1', [user.id]);
    expect(rows.rowCount).toBe(1);
    expect(proxy.asked.filter((line) => line === `GET /v1/users/${user.id}`)).toHaveLength(1);
    await fetch(`${emulator}/emulator/resume`, { method: 'POST' });
  });

  it('who signs out at Clerk is rejected from the event on, although the token has not expired', async () => {
    const { session, bearer } = await signIn({ emailAddress: ['leaver@example.com'] });
    const headers = await bearer();
    expect((await call('/api/me', headers)).status).toBe(200);
    await clerk.sessions.revokeSession(session.id);
    const answer = await eventually(
      async () => {
        const { status, body } = await call('/auth/session', headers);
        return status === 401 && (body as { code: string });
      },
      // The user is limited to sixty reads a minute.
      { intervalMs: 500 },
    );
    expect(answer).toMatchObject({ code: 'token_revoked' });
  });
});

describe('an API key', () => {
  it('is accepted until it is revoked, and rejected by every replica from the response on', async () => {
    const { bearer } = await signIn({ emailAddress: ['keys@example.com'] });
    const headers = await bearer();
    // Again with another key if the gateway's lease had lapsed, as it may on a busy machine.
    await eventually(async () => {
      const made = await call('/api/keys', headers, 'POST', { name: 'ci', scopes: ['profile:read'] });
      expect([made.status, made.body.key]).toEqual([201, expect.stringMatching(/^sk_(dev|stg|prod)_/)]);
      const key = { 'x-api-key': made.body.key as string };
      expect((await call('/api/me', key)).status).toBe(200);
      expect((await call('/api/keys', headers)).body.items[0]).toMatchObject({ name: 'ci', state: 'active' });
      const revoked = await call(`/api/keys/${made.body.id}`, headers, 'DELETE');
      expect(revoked.status).toBe(200);
      expect(await call('/api/me', key)).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
      expect(revoked.body.propagation).toMatchObject({ gateways: 1, acknowledged: 1, expired: 0 });
    });
  });
});

describe('a local user', () => {
  it('is created by an admin, sets its password once, logs in and logs out', async () => {
    const admin = await asAdmin();
    const made = await call('/admin/users', admin, 'POST', { email: 'local@example.com', firstName: 'Local' });
    expect(made.status).toBe(201);
    const password = 'correct horse battery staple';
    const set = { token: made.body.passwordToken.token as string, password };
    expect((await call('/auth/password', {}, 'POST', set)).status).toBe(200);
    expect((await call('/auth/password', {}, 'POST', set)).body.code).toBe('token_invalid');
    const wrong = await call('/auth/login', {}, 'POST', { email: 'local@example.com', password: 'wrong' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    const login = await call('/auth/login', {}, 'POST', { email: 'local@example.com', password });
    expect(login.status).toBe(200);
    const bearer = { authorization: `Bearer ${login.body.token}` };
    expect((await call('/api/me', bearer)).body).toMatchObject({ email: 'local@example.com', authProvider: 'local' });
    expect((await call('/auth/logout', bearer, 'POST', {})).status).toBe(200);
    expect((await call('/api/me', bearer)).body.code).toBe('token_revoked');
    const written = ['user.create done', 'password.set done', 'login.password refused', 'login.password done'];
    await eventually(async () => {
      const audit = await call('/admin/audit?limit=50', admin);
      const actions = audit.body.items.map(({ action, outcome }: Record<string, string>) => `${action} ${outcome}`);
      expect(actions).toEqual(expect.arrayContaining(written));
    });
  });

  it('who is deactivated by an admin is rejected at once with every credential', async () => {
    const admin = await asAdmin();
    const { bearer } = await signIn({ emailAddress: ['banned@example.com'] });
    const headers = await bearer();
    const { body: me } = await call('/api/me', headers);
    const made = await call('/api/keys', headers, 'POST', { name: 'k', scopes: ['*:*'] });
    const key = { 'x-api-key': made.body.key as string };
    expect((await call('/api/me', key)).status).toBe(200);
    const answer = await call(`/admin/users/${me.id}/deactivate`, admin, 'POST', {});
    expect([answer.status, answer.body.user.isActive]).toEqual([200, false]);
    expect(await call('/api/me', headers)).toMatchObject({ status: 403, body: { code: 'account_inactive' } });
    expect([401, 403]).toContain((await call('/api/me', key)).status);
  });
});

describe('Clerk’s state of a user', () => {
  it('makes the gateway reject keys and sessions of a deprovisioned user until it is reprovisioned', async () => {
    const { user, bearer } = await signIn({ emailAddress: ['scim@example.com'] });
    const headers = await bearer();
    const made = await call('/api/keys', headers, 'POST', { name: 'k', scopes: ['*:*'] });
    const key = { 'x-api-key': made.body.key as string };
    const answers = async () => [(await call('/api/me', headers)).status, (await call('/api/me', key)).status];
    expect(await answers()).toEqual([200, 200]);
    const turn = (action: string) => fetch(`${emulator}/emulator/users/${user.id}/${action}`, { method: 'POST' });
    await turn('deprovision');
    await eventually(async () => expect(await answers()).toEqual([403, 403]), { intervalMs: 200 });
    expect((await call('/api/me', key)).body.code).toBe('account_inactive');
    await turn('reprovision');
    await eventually(async () => expect(await answers()).toEqual([200, 200]), { intervalMs: 200 });
  });

  it('shows a lockout to admins but rejects no request because of it', async () => {
    const admin = await asAdmin();
    const { user, bearer } = await signIn({ emailAddress: ['locked-out@example.com'] });
    const headers = await bearer();
    const { body: me } = await call('/api/me', headers);
    await clerk.users.lockUser(user.id);
    await eventually(
      async () => {
        const { body } = await call(`/admin/users/${me.id}`, admin);
        expect(body).toMatchObject({ clerkLocked: true, clerkLockoutExpiresAt: expect.any(String), isActive: true });
      },
      { intervalMs: 200 },
    );
    expect((await call('/api/me', headers)).status).toBe(200);
  });
});

describe('an address that several Clerk users have', () => {
  const rowOf = async (id: string) => {
    const text = 'SELECT email, email_verified FROM users WHERE clerk_user_id = $1';
    return (await stack.users.query<Record<string, unknown>>(text, [id])).rows[0];
  };
  const stored = (id: string, row: object) =>
    eventually(async () => expect(await rowOf(id)).toEqual(row), { intervalMs: 200 });

  it('is stored with each user while none has it verified, then only with the user who has verified it', async () => {
    const emailAddress = 'contested@example.com';
    const byPhone = (phoneNumber: string) =>
      clerk.users.createUser({ phoneNumber: [phoneNumber], skipPasswordRequirement: true });
    const [ada, bea] = [await byPhone('+12015550131'), await byPhone('+12015550132')];
    const claim = (userId: string) => clerk.emailAddresses.createEmailAddress({ userId, emailAddress, primary: true });
    const [ofAda] = [await claim(ada.id), await claim(bea.id)];
    for (const { id } of [ada, bea]) await stored(id, { email: emailAddress, email_verified: false });

    const cyd = await clerk.users.createUser({ emailAddress: [emailAddress], skipPasswordRequirement: true });
    await stored(cyd.id, { email: emailAddress, email_verified: true });
    for (const { id } of [ada, bea]) await stored(id, { email: null, email_verified: false });
    const { body } = await call(`/admin/users/${ada.id}/explain`, await asAdmin());
    expect(body.conflicts).toMatchObject([{ kind: 'email', claimant: ada.id, holder: cyd.id }]);

    const verify = () => clerk.emailAddresses.updateEmailAddress(ofAda.id, { verified: true });
    await expect(verify()).rejects.toMatchObject({ status: 422 });
    await clerk.users.deleteUser(cyd.id);
    await verify();
    await stored(ada.id, { email: emailAddress, email_verified: true });
  });
});

describe('user-sync', () => {
  const send = async (params: object) => {
    const response = await fetch(`${emulator}/emulator/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    const { data } = (await response.json()) as { data: { message_id: string }[] };
    return stack.settled(data[0]?.message_id ?? '');
  };

  const decisionOn = async ({ webhook_id: webhookId }: Record<string, unknown>) =>
    (await call(`/admin/webhook-events/${webhookId as string}`, await asAdmin())).body.processedData
      .decision as unknown;

  it.each([
    ['the example event of the dashboard', { preset: 'dashboard_example' }, 'foreign'],
    ['an event of another instance', { preset: 'dashboard_example', instance_id: 'ins_other' }, 'foreign'],
    ['an example event without an instance', { preset: 'dashboard_example_without_instance' }, 'unconfirmed'],
  ])('ignores %s and creates no user', async (_what, params, decision) => {
    // The service may not know its own instance yet.
    const row = await eventually(
      async () => {
        const sent = await send(params);
        expect([sent.status, await decisionOn(sent)]).toEqual(['ignored', decision]);
        return sent;
      },
      { intervalMs: 1_000 },
    );
    const users = await stack.users.query('SELECT FROM users WHERE clerk_user_id = $1', [row.clerk_user_id]);
    expect(users.rowCount).toBe(0);
  });

  it.each(['organization_invitation', 'waitlist_invitation'])('stores no ticket of the event %s', async (preset) => {
    const { id, webhook_id: webhookId } = await send({ preset });
    const bodies = await stack.ledger.query<{ body: Buffer }>('SELECT body FROM event_bodies WHERE event_id = $1', [
      id,
    ]);
    const shown = await call(`/admin/webhook-events/${webhookId as string}`, await asAdmin());
    for (const text of [String(bodies.rows[0]?.body), JSON.stringify(shown.body)]) {
      expect(text).toContain('"url":"[redacted]"');
      expect(text).not.toMatch(/eyJ[\w-]*\./);
    }
  });
});

describe('the audit log', () => {
  it('lists what was done with one session in every service, with the client address', async () => {
    const admin = await asAdmin();
    const { user, bearer } = await signIn({ emailAddress: ['audited@example.com'] });
    const { body: me } = await call('/api/me', await bearer());
    await call(`/admin/users/${me.id}/role`, admin, 'PUT', { role: 'developer' });
    await call(`/admin/webhook-events/payloads/${user.id}?force=true`, admin, 'DELETE');
    const { body: session } = await call('/auth/session', admin);
    const { sessionId } = session.principal;
    const entries = (await call(`/admin/audit?credentialId=${sessionId}`, admin)).body.items;
    const by = { credentialId: sessionId, actorUserId: session.principal.userId, sourceIp: '127.0.0.1' };
    expect(entries).toMatchObject([
      { action: 'payloads.erase', subject: user.id, userAgent: expect.any(String), ...by },
      { action: 'user.role', userId: me.id, userAgent: expect.any(String), ...by },
    ]);
  });
});

describe('the phone exchange', () => {
  it('returns a Gatehouse token to a new user, and the same token when repeated at once', async () => {
    const { bearer, session } = await signIn({ phoneNumber: ['+12015550123'] });
    const headers = await bearer();
    const body = { phoneNumber: '+1 201 555 0123', name: 'Asha', shopName: 'Tea' };
    const first = await call('/auth/verify-clerk-token', headers, 'POST', body);
    expect(first).toMatchObject({ status: 200, body: { success: true, user: { ownerName: 'Asha' } } });
    expect(first.body.user.referralCode).toMatch(/^BP-[A-Z0-9]{9}$/);
    expect((await call('/auth/verify-clerk-token', headers, 'POST', body)).body).toMatchObject({
      ...{ token: first.body.token, expiresAt: first.body.expiresAt, isNewUser: first.body.isNewUser },
    });
    const own = { authorization: `Bearer ${first.body.token}` };
    expect((await call('/api/me', own)).status).toBe(200);
    const other = await call('/auth/verify-clerk-token', await bearer(), 'POST', { phoneNumber: '+12015550199' });
    expect([other.status, other.body.code]).toEqual([403, 'identity_mismatch']);
    await clerk.sessions.revokeSession(session.id);
    await eventually(async () => (await call('/auth/session', own)).body.code === 'token_revoked', {
      intervalMs: 500,
    });
  });
});

describeClient(
  () => stack,
  () => clerk,
);

describe('GET /api/clerk/syncUsers', () => {
  it('creates the user of the cookie and redirects', async () => {
    const { token } = await signIn({ emailAddress: ['browser@example.com'] });
    const url = `http://127.0.0.1:${stack.gatehouse.ports.gateway}/api/clerk/syncUsers?redirect_url=/welcome`;
    const answer = await fetch(url, { headers: { cookie: `__session=${await token()}` }, redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`${stack.gatehouse.urls.gateway}/welcome`);
  });
});

describeLiveUpdates(
  () => stack,
  () => clerk,
);
