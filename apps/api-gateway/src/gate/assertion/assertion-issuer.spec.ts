import { generateKeyPairSync } from 'node:crypto';
import { LiveValue } from '@gatehouse/config';
import { type Principal } from '@gatehouse/contracts';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { AssertionIssuer, type AssertedCaller } from './assertion-issuer';
import { assertionKeys } from './assertion-keys';

const START = Date.parse('2026-01-05T10:00:00.000Z');
const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const principal: Principal = {
  userId: '018f0000-0000-7000-8000-000000000001',
  clerkUserId: 'user_1',
  method: 'api_key',
  role: 'user',
  tier: 'pro',
  scopes: ['orders:read'],
  sessionId: null,
  keyId: '018f0000-0000-7000-8000-000000000002',
};

function withKey(expiresAt: number | null = null, changes: Partial<Principal> = {}): AssertedCaller {
  const key = { keyId: principal.keyId ?? '', expiresAt, rateLimit: null };
  return { principal: { ...principal, ...changes }, credential: { method: 'api_key', key } };
}

function withSession(expiresAt: number): AssertedCaller {
  const { keyId: _, ...rest } = principal;
  return {
    principal: { ...rest, method: 'clerk_session', sessionId: 'sess_1', scopes: [] },
    credential: {
      method: 'clerk_session',
      session: {
        clerkUserId: 'user_1',
        sessionId: 'sess_1',
        tokenId: null,
        version: 2,
        issuedAt: START,
        expiresAt,
        authorizedParty: null,
        actor: null,
      },
    },
  };
}

function world(keyText = pem()) {
  const keys = new LiveValue(assertionKeys(keyText));
  const changed = new Map<string, number>();
  const clock = { now: START };
  const feed = {
    current: 7,
    trusting: true,
    isFresh(asOf: number, marks: readonly string[]) {
      return this.trusting && marks.every((mark) => (changed.get(mark) ?? 0) <= asOf);
    },
  };
  const issuer = new AssertionIssuer('https://api.example.com', keys, feed, () => clock.now);
  const issue = (caller: AssertedCaller = withKey(), audience = 'orders') => issuer.issue(caller, audience) ?? '';
  const verify = (token: string, audience = 'orders') =>
    jwtVerify(token, createLocalJWKSet({ keys: keys.current.map(({ jwk }) => jwk as { kty: string }) }), {
      issuer: 'https://api.example.com',
      audience,
      typ: 'gatehouse+jwt',
      algorithms: ['EdDSA'],
      currentDate: new Date(clock.now),
    });
  return { keys, changed, clock, feed, issue, verify };
}

it('says who the caller is, in a form that any JWT library verifies', async () => {
  const { issue, verify, keys } = world();
  const token = issue();
  const { payload } = await verify(token);
  expect(payload).toEqual({
    iss: 'https://api.example.com',
    aud: 'orders',
    sub: principal.userId,
    iat: START / 1_000,
    exp: START / 1_000 + 60,
    clerk_user_id: 'user_1',
    role: 'user',
    tier: 'pro',
    auth_method: 'api_key',
    scopes: ['orders:read'],
    key_id: principal.keyId,
  });
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'gatehouse+jwt', kid: keys.current[0]?.kid });
  expect((await verify(issue(withSession(START + 60_000)))).payload).toMatchObject({ sid: 'sess_1', scopes: [] });
  await expect(verify(token, 'billing')).rejects.toThrow('aud');
});

it('leaves out the Clerk user id of a local user', async () => {
  const { issue, verify } = world();
  const { payload } = await verify(issue(withKey(null, { clerkUserId: null })));
  expect(payload).not.toHaveProperty('clerk_user_id');
});

it('is the same for 15 s', () => {
  const { issue, clock } = world();
  const first = issue();
  clock.now += 14_999;
  expect(issue(withKey(null, { scopes: ['orders:read'] }))).toBe(first);
  clock.now += 1;
  expect(issue()).not.toBe(first);
});

it.each<[string, AssertedCaller, string]>([
  ['audience', withKey(), 'billing'],
  ['role', withKey(null, { role: 'admin' }), 'orders'],
  ['tier', withKey(null, { tier: 'free' }), 'orders'],
  ['scope', withKey(null, { scopes: ['orders:write'] }), 'orders'],
  ['number of scopes', withKey(null, { scopes: [] }), 'orders'],
  ['user', withKey(null, { userId: '018f0000-0000-7000-8000-000000000003' }), 'orders'],
  ['Clerk user', withKey(null, { clerkUserId: 'user_2' }), 'orders'],
  ['key', withKey(null, { keyId: '018f0000-0000-7000-8000-000000000004' }), 'orders'],
  ['end of the credential', withKey(START + 50_000), 'orders'],
])('is another one for another %s', (_, caller, audience) => {
  const { issue, clock } = world();
  const first = issue();
  clock.now += 1_000;
  expect(issue(caller, audience)).not.toBe(first);
});

it.each(['user:018f0000-0000-7000-8000-000000000001', 'api_key:018f0000-0000-7000-8000-000000000002'])(
  'is not used again after the trust change %s',
  (mark) => {
    const { issue, clock, changed } = world();
    const first = issue();
    clock.now += 1_000;
    changed.set('user:another', 8);
    expect(issue()).toBe(first);
    changed.set(mark, 8);
    expect(issue()).not.toBe(first);
  },
);

it('is not used again while trust changes may be missing', () => {
  const { issue, clock, feed } = world();
  const first = issue();
  clock.now += 1_000;
  feed.trusting = false;
  expect(issue()).not.toBe(first);
});

it('never outlives the credential', async () => {
  const { issue, verify, clock } = world();
  expect((await verify(issue(withKey(START + 10_000)))).payload.exp).toBe(START / 1_000 + 10);
  // The gate accepts a session token for 5 s after its end.
  const session = withSession(START + 2_000);
  const first = issue(session);
  expect((await verify(first)).payload.exp).toBe(START / 1_000 + 7);
  clock.now += 6_999;
  expect(issue(session)).toBe(first);
  clock.now += 1;
  expect(issue(session)).not.toBe(first);
});

it('is signed by the first key, and verified by both while one replaces the other', async () => {
  const [old, next] = [pem(), pem()];
  const { issue, verify, keys } = world(old);
  const first = issue();
  keys.set(assertionKeys(`${old}${next}`));
  await verify(first);
  keys.set(assertionKeys(`${next}${old}`));
  const second = issue();
  expect(decodeProtectedHeader(second).kid).toBe(keys.current[0]?.kid);
  expect(second).not.toBe(first);
  await Promise.all([verify(first), verify(second)]);
  keys.set(assertionKeys(next));
  await verify(second);
  await expect(verify(first)).rejects.toThrow('no applicable key');
});

it('is not issued without a key', () => {
  const issuer = new AssertionIssuer('https://api.example.com', new LiveValue([]), world().feed);
  expect(issuer.issue(withKey(), 'orders')).toBeUndefined();
});

it('the key id is the thumbprint of RFC 8037, appendix A.3', () => {
  const der = `302e020100300506032b657004220420${Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url').toString('hex')}`;
  const text = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der, 'hex').toString('base64')}\n-----END PRIVATE KEY-----\n`;
  expect(assertionKeys(text)[0]?.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

it.each([
  ['nothing', ''],
  ['text between keys', `${pem()}x${pem()}`],
  ['three keys', pem() + pem() + pem()],
  ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  [
    'an RSA key',
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ],
])('rejects %s as keys', (_, text) => {
  expect(() => assertionKeys(text)).toThrow();
});

it('rejects the same key twice', () => {
  const text = pem();
  expect(() => assertionKeys(text + text)).toThrow('is not one Ed25519 private key in PEM, or two');
});
