import { randomUUID } from 'node:crypto';
import { getMe, resolvePrincipal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { call as callUrl } from './support/call';
import { type TokenChanges, mint } from './support/clerk-tokens';
import { signingPair } from './support/key-server';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
const asked: string[] = [];
const ids = new Map<string, string>();
const idOf = (clerkUserId: string) => {
  const id = ids.get(clerkUserId) ?? randomUUID();
  ids.set(clerkUserId, id);
  return id;
};

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync) => {
    userSync
      .answer(resolvePrincipal, async ({ body: { clerkUserId }, envelope }) => {
        asked.push(clerkUserId);
        expect(envelope.principal).toBeNull();
        if (clerkUserId === 'user_deleted') throw new RequestRefusedError('user_deleted', 'deleted');
        if (clerkUserId === 'user_nowhere') throw new RequestRefusedError('not_found', 'no such user at Clerk');
        if (clerkUserId === 'user_paused') {
          throw new RequestRefusedError('clerk_unavailable', 'Clerk is unavailable', { retryAfterMs: 8_700 });
        }
        if (clerkUserId === 'user_noclerk') throw new RequestRefusedError('clerk_unavailable', 'Clerk is unavailable');
        if (clerkUserId === 'user_broken') throw new TypeError('secret detail');
        const isActive = clerkUserId !== 'user_inactive';
        const other = clerkUserId === 'user_swapped' ? 'user_other' : clerkUserId;
        return samplePrincipal(other, { userId: idOf(clerkUserId), isActive });
      })
      .answer(getMe, ({ envelope: { principal } }) => sampleUser(principal!.userId, principal!.clerkUserId));
  });
});

afterAll(() => gateway?.stop());

const call = (path: string, token?: string, init?: RequestInit) => callUrl(`${gateway.url}${path}`, token, init);

describe('a Clerk session', () => {
  it.each([1, 2] as const)('of version %i identifies the user, the credential and its expiry', async (version) => {
    const token = await mint(gateway.pair, 'user_ada', { version });
    const { status, body, headers } = await call('/auth/session', token);
    expect(status).toBe(200);
    expect(body).toEqual({
      principal: {
        userId: idOf('user_ada'),
        clerkUserId: 'user_ada',
        method: 'clerk_session',
        role: 'user',
        tier: 'free',
        scopes: [],
        sessionId: 'sess_ada',
      },
      credential: {
        method: 'clerk_session',
        sessionId: 'sess_ada',
        issuedAt: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
        authorizedParty: 'http://localhost:3000',
        actor: null,
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(gateway.logs()).not.toContain(token.split('.')[2]);
  });

  it('shows the profile of its own user and ignores identity headers', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    const headers = { 'x-user-id': idOf('user_bob'), 'x-clerk-user-id': 'user_bob', 'x-role': 'admin' };
    const { status, body } = await call('/api/me', token, { headers });
    expect([status, body.clerkUserId]).toEqual([200, 'user_ada']);
    const session = await call('/auth/session', token, { headers });
    expect(session.body.principal).toMatchObject({ clerkUserId: 'user_ada', role: 'user' });
  });

  it('of a new user is looked up once for fifty concurrent requests', async () => {
    const token = await mint(gateway.pair, 'user_new');
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('/api/me', token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(asked.filter((id) => id === 'user_new')).toHaveLength(1);
  });

  it('gives each request its own id, and logs the id of the client beside it', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    const ids: (string | null)[] = [];
    for (const id of ['story-1', 'story-1', 'a b']) {
      ids.push((await call('/api/me', token, { headers: { 'x-request-id': id } })).headers.get('x-request-id'));
    }
    expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[0-9a-f-]{36}$/)));
    expect(new Set(ids).size).toBe(3);
    const line = () =>
      gateway
        .logs()
        .split('\n')
        .find((each) => each.includes(ids[0] ?? '') && each.includes('"request"'));
    await eventually(() => line() !== undefined);
    expect(JSON.parse(line() ?? '')).toMatchObject({ correlationId: ids[0], clientRequestId: 'story-1' });
    expect(gateway.logs()).not.toContain('a b');
  });
});

describe('a credential is rejected', () => {
  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, string, () => TokenChanges]>([
    ['expired', 'token_expired', () => ({ claims: { exp: now() - 6 } })],
    ['not yet valid', 'token_not_yet_valid', () => ({ claims: { nbf: now() + 60 } })],
    ['of another issuer', 'token_issuer_unknown', () => ({ claims: { iss: 'https://evil.example' } })],
    ['for another application', 'token_party_unlisted', () => ({ claims: { azp: 'https://evil.example' } })],
    ['of a pending session', 'token_session_pending', () => ({ claims: { sts: 'pending' } })],
    ['impersonated', 'token_impersonated', () => ({ claims: { act: { sub: 'user_x' } } })],
    ['without a session', 'token_session_missing', () => ({ claims: { sid: undefined } })],
    ['without a user as subject', 'token_subject_invalid', () => ({ claims: { sub: 'org_1' } })],
    ['of another type', 'token_type_unsupported', () => ({ header: { typ: 'at+jwt' } })],
    ['of another category', 'token_category_unsupported', () => ({ header: { cat: 'cl_other' } })],
    ['without a key id', 'token_key_unknown', () => ({ header: { kid: '' } })],
  ])('when the session token is %s', async (_, code, changes) => {
    const token = await mint(gateway.pair, 'user_ada', changes());
    const { status, body, headers } = await call('/api/me', token, { headers: { 'x-request-id': 'refused' } });
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('www-authenticate')).toMatch(
      /^Bearer realm="gatehouse", error="invalid_token", error_description=/,
    );
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      code,
      detail: expect.any(String),
      requestId: headers.get('x-request-id'),
    });
    expect(gateway.logs()).not.toContain(token.split('.')[1]);
    expect(gateway.logs()).not.toContain(token.split('.')[2]);
  });

  it.each<[string, number, string, Record<string, string>, RegExp]>([
    ['it is missing', 401, 'credential_missing', {}, /^Bearer realm="gatehouse"$/],
    ['it is a cookie', 401, 'credential_missing', { cookie: '__session=x' }, /^Bearer realm="gatehouse"$/],
    ['it is Basic', 401, 'credential_scheme_unsupported', { authorization: 'Basic dTpw' }, /invalid_token/],
    ['it is not a valid API key', 401, 'api_key_malformed', { 'x-api-key': 'sk_dev_abc_def' }, /invalid_token/],
    ["it is Clerk's secret", 401, 'credential_is_clerk_secret', { 'x-api-key': 'sk_live_hush' }, /invalid_token/],
    ['it is not a token', 401, 'token_malformed', { authorization: 'Bearer hush' }, /invalid_token/],
    ['it is empty', 400, 'credential_malformed', { authorization: 'Bearer' }, /invalid_request/],
    ['there are two', 400, 'credential_repeated', { authorization: 'Bearer a, Bearer b' }, /invalid_request/],
    [
      'two keys differ',
      400,
      'credential_conflict',
      { 'x-api-key': 'sk_a', authorization: 'Bearer sk_b' },
      /invalid_request/,
    ],
  ])('when %s', async (_, status, code, headers, challenge) => {
    const answer = await call('/api/me', undefined, { headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('www-authenticate')).toMatch(challenge);
    expect(gateway.logs()).not.toMatch(/hush|sk_dev_abc/);
  });

  it('when it is repeated, even if the second one is valid', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    const headers = new Headers([['authorization', 'Bearer x']]);
    headers.append('authorization', `Bearer ${token}`);
    const { status, body } = await call('/api/me', undefined, { headers: Object.fromEntries(headers) });
    expect([status, body.code]).toEqual([400, 'credential_repeated']);
  });

  it('when it is in the query string, which is not logged', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    const { status, body } = await call(`/api/me?token=${token}`);
    expect([status, body.code]).toEqual([400, 'credential_in_query']);
    expect(gateway.logs()).not.toContain(token.split('.')[2]);
  });

  it('when it is signed with another key', async () => {
    // For a known session this would be 503 until the keys can be fetched again, because the key may have been rotated.
    const { status, body } = await call('/api/me', await mint(signingPair('ins_1'), 'user_stranger'));
    expect([status, body.code]).toEqual([401, 'token_signature_invalid']);
  });

  it.each([
    ['user_deleted', 401, 'user_deleted', null],
    ['user_nowhere', 401, 'user_unknown', null],
    ['user_inactive', 403, 'account_inactive', null],
    ['user_noclerk', 503, 'clerk_unavailable', '5'],
    ['user_paused', 503, 'clerk_unavailable', '9'],
    ['user_broken', 500, 'internal', null],
    ['user_swapped', 500, 'internal', null],
  ])('for %s: %i %s', async (user, status, code, retryAfter) => {
    const { status: given, body, headers } = await call('/auth/session', await mint(gateway.pair, user));
    expect([given, body.code, headers.get('retry-after')]).toEqual([status, code, retryAfter]);
    if (status === 500) expect(body).not.toHaveProperty('detail');
    if (status === 401) expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});
