import { randomUUID } from 'node:crypto';
import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { type ParsedJson, PATIENCE_MS } from '@gatehouse/testing';
import { type Stack, startStack } from './stack';

let stack: Stack;
let clerk: ClerkClient;
/** Secrets that must not appear in any log or error. */
const secrets = new Set<string>();

beforeAll(async () => {
  stack = await startStack({ LOG_LEVEL: 'trace', TRUST_PROXY: 'loopback' });
  const { CLERK_SECRET_KEY: secretKey = '' } = stack.gatehouse.environments['clerk-emulator'];
  clerk = createClerkClient({ secretKey, apiUrl: `http://127.0.0.1:${stack.gatehouse.ports.emulator}` });
  for (const environment of Object.values(stack.gatehouse.environments)) {
    for (const [name, value = ''] of Object.entries(environment)) {
      if (/SECRET|PASSWORD|PRIVATE_KEY/.test(name) && value !== '') secrets.add(value);
    }
  }
});

afterAll(() => stack?.stop());

interface Answer {
  readonly status: number;
  readonly body: ParsedJson;
}
type Headers = Record<string, string>;

let addresses = 0;
/** By default each call comes from another address, so that the throttle does not affect these tests. */
async function call(path: string, headers: Headers = {}, method = 'GET', body?: unknown): Promise<Answer> {
  const from = `203.0.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.gateway}${path}`, {
    method,
    headers: {
      'x-forwarded-for': from,
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, body: await response.json() };
}

const secretly = (secret: string): string => {
  secrets.add(secret);
  return secret;
};

async function signIn(draft: Parameters<ClerkClient['users']['createUser']>[0] = {}) {
  const user = await clerk.users.createUser({
    skipPasswordRequirement: true,
    emailAddress: [`${randomUUID()}@attacks.example.com`],
    ...draft,
  });
  const session = await clerk.sessions.createSession({ userId: user.id });
  const bearer = async (): Promise<Headers> => {
    const { jwt } = await clerk.sessions.getToken(session.id);
    secretly(jwt.split('.')[2] ?? jwt);
    return { authorization: `Bearer ${jwt}` };
  };
  return { user, session, bearer };
}

const asAdmin = async () => (await signIn({ publicMetadata: { role: 'admin' } })).bearer();
const newKey = async (headers: Headers): Promise<{ id: string; key: string }> => {
  const { status, body } = await call('/api/keys', headers, 'POST', { name: 'k', scopes: ['*:*'] });
  expect(status).toBe(201);
  return { id: body.id, key: secretly(body.key) };
};
const tally = (answers: readonly Answer[]) =>
  answers.map(({ status, body }) => (status === 200 ? '200' : `${status} ${body.code}`)).sort();
const newLocalUser = async (admin: Headers) => {
  const email = `${randomUUID()}@local.example.com`;
  const made = await call('/admin/users', admin, 'POST', { email });
  expect(made.status).toBe(201);
  return { email, id: made.body.user.id as string, token: secretly(made.body.passwordToken.token) };
};

describe('of many concurrent requests exactly one succeeds when', () => {
  it('a key is rotated', async () => {
    const headers = await (await signIn()).bearer();
    const { id, key } = await newKey(headers);
    const rotate = () => call(`/api/keys/${id}/rotate`, headers, 'POST', { graceHours: 0 });
    const answers = await Promise.all(Array.from({ length: 8 }, rotate));
    for (const { body } of answers) if (body.key !== undefined) secretly(body.key.key);
    expect(tally(answers)).toEqual(['200', ...Array.from({ length: 7 }, () => '409 conflict')]);
    const fresh = answers.find(({ status }) => status === 200)?.body.key.key as string;
    expect((await call('/api/me', { 'x-api-key': fresh })).status).toBe(200);
    expect(await call('/api/me', { 'x-api-key': key })).toMatchObject({
      status: 401,
      body: { code: 'api_key_revoked' },
    });
    const { body } = await call('/api/keys', headers);
    expect(body.items.map(({ state }: { state: string }) => state).sort()).toEqual(['active', 'revoked']);
  });

  it('a one-time password token is used', async () => {
    const { email, token } = await newLocalUser(await asAdmin());
    const passwords = Array.from({ length: 5 }, () => secretly(`correct horse ${randomUUID()}`));
    const answers = await Promise.all(
      passwords.map((password) => call('/auth/password', {}, 'POST', { token, password })),
    );
    expect(tally(answers)).toEqual(['200', ...Array.from({ length: 4 }, () => '400 token_invalid')]);
    const logins = await Promise.all(passwords.map((password) => call('/auth/login', {}, 'POST', { email, password })));
    expect(logins.map(({ status }) => status)).toEqual(answers.map(({ status }) => (status === 200 ? 200 : 401)));
    for (const { body } of logins) if (body.token !== undefined) secretly(body.token.split('.')[2]);
  });

  it('a token of Clerk is exchanged for a session', async () => {
    const { bearer } = await signIn({ phoneNumber: ['+12015550177'] });
    const headers = await bearer();
    const exchange = () => call('/auth/verify-clerk-token', headers, 'POST', {});
    const answers = await Promise.all(Array.from({ length: 8 }, exchange));
    for (const { body } of answers) if (body.token !== undefined) secretly(body.token.split('.')[2]);
    expect(tally(answers)).toEqual(Array.from({ length: 8 }, () => '200'));
    expect(new Set(answers.map(({ body }) => body.token as string)).size).toBe(1);
  });
});

describe('as soon as the revoking call returns, a busy gateway rejects', () => {
  /** Calls without a pause until stopped. Returns the calls that started after `ended` and were accepted. */
  async function hammer(headers: Headers, path: string, end: () => Promise<Answer>): Promise<number> {
    let endedAt = Infinity;
    let stopped = false;
    let late = 0;
    const worker = async () => {
      while (!stopped) {
        const began = performance.now();
        const { status } = await call(path, headers);
        if (status === 200 && began > endedAt) late += 1;
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    const { status } = await end();
    endedAt = performance.now();
    expect(status).toBe(200);
    for (let count = 0; count < 40; count++) if ((await call(path, headers)).status === 200) late += 1;
    stopped = true;
    await Promise.all(workers);
    return late;
  }

  it('a revoked key', async () => {
    const { bearer, user } = await signIn();
    const headers = await bearer();
    expect((await call(`/api/me`, headers)).body.clerkUserId).toBe(user.id);
    const { id, key } = await newKey(headers);
    const admin = await asAdmin();
    const me = (await call('/api/me', headers)).body.id as string;
    // Beyond the limit of the free tier every call would be rejected.
    expect((await call(`/admin/users/${me}/tier`, admin, 'PUT', { tier: 'enterprise' })).status).toBe(200);
    const late = await hammer({ 'x-api-key': key }, '/api/me', () => call(`/api/keys/${id}`, headers, 'DELETE'));
    expect(late).toBe(0);
  });

  it('a user who has lost the role admin', async () => {
    const [first, second] = [await asAdmin(), await asAdmin()];
    const id = (await call('/api/me', second)).body.id as string;
    const late = await hammer(second, '/admin/users', () =>
      call(`/admin/users/${id}/role`, first, 'PUT', { role: 'user' }),
    );
    expect(late).toBe(0);
  });

  it('the sessions of a password that was changed', async () => {
    const admin = await asAdmin();
    const { email, id, token } = await newLocalUser(admin);
    const [old, replaced] = [secretly(`correct horse ${randomUUID()}`), secretly(`battery staple ${randomUUID()}`)];
    expect((await call('/auth/password', {}, 'POST', { token, password: old })).status).toBe(200);
    const login = await call('/auth/login', {}, 'POST', { email, password: old });
    secretly(login.body.token.split('.')[2]);
    expect((await call(`/admin/users/${id}/tier`, admin, 'PUT', { tier: 'enterprise' })).status).toBe(200);
    const again = await call(`/admin/users/${id}/password-token`, admin, 'POST', {});
    const fresh = secretly(again.body.passwordToken.token);
    const late = await hammer({ authorization: `Bearer ${login.body.token}` }, '/api/me', () =>
      call('/auth/password', {}, 'POST', { token: fresh, password: replaced }),
    );
    expect(late).toBe(0);
  });
});

describe('data of another user', () => {
  interface Operation {
    readonly path: string;
    readonly method: string;
    readonly access: string;
  }

  async function operations(): Promise<Operation[]> {
    const { body } = await call('/docs/openapi.json');
    return Object.entries(body.paths as Record<string, Record<string, Record<string, { access: string }>>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          path,
          method: method.toUpperCase(),
          access: operation['x-gatehouse-access']?.access ?? '',
        })),
    );
  }

  it('cannot be reached on any route for admins', async () => {
    const eve = await (await signIn()).bearer();
    const admins = (await operations()).filter(({ access }) => access === 'admin');
    expect(admins.length).toBeGreaterThan(20);
    for (const { path, method } of admins) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const answer = await call(path.replace(/\{\w+\}/g, randomUUID()), eve, method, body);
      expect([path, method, answer.status, answer.body.code]).toEqual([path, method, 403, 'role_insufficient']);
    }
  });

  it('cannot be reached without a credential on any route that is not public', async () => {
    for (const { path, method, access } of await operations()) {
      if (access === 'public' || access === 'browser-session') continue;
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const answer = await call(path.replace(/\{\w+\}/g, randomUUID()), {}, method, body);
      expect([path, method, answer.status, answer.body.code]).toEqual([path, method, 401, 'credential_missing']);
    }
  });
});

describe('a credential in the wrong place', () => {
  it('is rejected', async () => {
    const headers = await (await signIn()).bearer();
    const token = (headers.authorization ?? '').slice('Bearer '.length);
    const { key } = await newKey(headers);
    const answers = [
      await call(`/api/me?token=${token}`, headers),
      await call(`/api/me?x=${key}`, headers),
      await call(`/nowhere?access_token=${token}`),
      await call(`/api/keys/${key}`, headers, 'DELETE'),
      await call(`/api/keys/${key}/rotate`, headers, 'POST', {}),
      await call(`/${key}`, headers),
      await call('/api/me', { cookie: `__session=${token}` }),
      await call('/api/me', headers, 'PATCH', { [key]: key }),
      await call('/auth/login', {}, 'POST', { email: key, password: key, token }),
      await call('/auth/password', {}, 'POST', { token: key, password: key }),
    ];
    expect(tally(answers)).toEqual([
      ...['400 credential_in_query', '400 credential_in_query'],
      ...['400 invalid_request', '400 invalid_request', '400 invalid_request', '400 invalid_request'],
      ...['400 token_invalid', '401 credential_missing', '404 not_found', '404 not_found'],
    ]);
    for (const { body } of answers) expect(JSON.stringify(body)).not.toContain(token.split('.')[2]);
  });
});

// Last, because it checks the logs of all tests above.
describe('the logs of every program', () => {
  it('contain no secret, key, token or password that was used, and no address of a user who logged in', () => {
    const logs = stack.logs();
    expect(logs).toMatch(/"service":"api-gateway".*"listening"/);
    expect(secrets.size).toBeGreaterThan(30);
    const leaked = [...secrets].filter((secret) => logs.includes(secret));
    expect(leaked).toEqual([]);
    expect(logs).not.toContain('@local.example.com');
  });
});
