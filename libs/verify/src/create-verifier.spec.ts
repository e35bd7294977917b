import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import { type VerifierOptions, createVerifier } from './create-verifier';
import { type AssertionInvalidError, KeysUnavailableError } from './errors';

const ISSUER = 'https://api.example.com';
const [key, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];

let server: Server;
let jwksUrl: string;
/** What the key set answers. */
let answer: { status: number; keys: object[] };
let fetches: number;

const jwkOf = async (publicKey: KeyObject, kid: string) => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg: 'EdDSA',
  use: 'sig',
});

beforeEach(async () => {
  answer = { status: 200, keys: [await jwkOf(key.publicKey, 'one')] };
  fetches = 0;
  server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: answer.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const claims = {
  iss: ISSUER,
  aud: 'orders',
  sub: 'u1',
  clerk_user_id: 'user_1',
  role: 'developer',
  tier: 'pro',
  auth_method: 'api_key',
  scopes: ['orders:read'],
  key_id: 'k1',
};

interface Changes {
  readonly claims?: object;
  readonly header?: object;
  readonly by?: KeyObject;
  /** Seconds from now. */
  readonly exp?: number;
}

async function assertion({ claims: changed, header, by = key.privateKey, exp = 60 }: Changes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ ...claims, iat: now, exp: now + exp, ...changed })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'gatehouse+jwt', kid: 'one', ...header })
    .sign(by);
}

const verifier = () => createVerifier({ issuer: `${ISSUER}/`, audience: 'orders', jwksUrl });
const faultOf = (verified: Promise<unknown>) =>
  verified.then(
    () => 'none',
    (error: AssertionInvalidError) => error.fault ?? error.code,
  );

it('returns the caller of an assertion by an API key', async () => {
  expect(await verifier()(await assertion())).toEqual({
    userId: 'u1',
    clerkUserId: 'user_1',
    role: 'developer',
    tier: 'pro',
    method: 'api_key',
    scopes: ['orders:read'],
    sessionId: null,
    keyId: 'k1',
  });
});

it('returns the caller of an assertion by the session of a local user', async () => {
  const changed = { clerk_user_id: undefined, auth_method: 'legacy_jwt', scopes: [], key_id: undefined, sid: 's1' };
  expect(await verifier()(await assertion({ claims: changed }))).toMatchObject({
    clerkUserId: null,
    method: 'legacy_jwt',
    scopes: [],
    sessionId: 's1',
    keyId: null,
  });
});

it.each<[string, string, Changes]>([
  ['has expired', 'expired', { exp: -6 }],
  ['is for another service', 'other_audience', { claims: { aud: 'billing' } }],
  ['is for nobody', 'other_audience', { claims: { aud: undefined } }],
  ['has another issuer', 'invalid', { claims: { iss: 'https://evil.example' } }],
  ['has no subject', 'invalid', { claims: { sub: undefined } }],
  ['never expires', 'invalid', { claims: { exp: undefined } }],
  ['has no role', 'invalid', { claims: { role: undefined } }],
  ['has a number as its tier', 'invalid', { claims: { tier: 1 } }],
  ['has no scopes', 'invalid', { claims: { scopes: undefined } }],
  ['is a token of another kind', 'invalid', { header: { typ: 'JWT' } }],
  ['has no type', 'invalid', { header: { typ: undefined } }],
  ['has another signature', 'invalid', { by: other.privateKey }],
  ['names an unknown key', 'invalid', { header: { kid: 'two' } }],
])('rejects an assertion that %s: %s', async (_, fault, changes) => {
  expect(await faultOf(verifier()(await assertion(changes)))).toBe(fault);
});

it('accepts a difference of 5 s between the clocks', async () => {
  expect(await faultOf(verifier()(await assertion({ exp: -2 })))).toBe('none');
});

it('rejects what is no assertion', async () => {
  const verify = verifier();
  const unsigned = `${Buffer.from('{"alg":"none","typ":"gatehouse+jwt"}').toString('base64url')}.${(await assertion()).split('.')[1]}.`;
  const given = [undefined, '', 'x', 'a.b.c', unsigned, 'x'.repeat(20_000), [await assertion(), await assertion()]];
  const faults = await Promise.all(given.map((text) => faultOf(verify(text))));
  expect(faults).toEqual(['missing', 'missing', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid']);
  expect(fetches).toBe(0);
});

it('fetches the keys once for many assertions, and not again for each unknown key', async () => {
  const verify = verifier();
  const token = await assertion();
  await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  const forged = await assertion({ by: other.privateKey, header: { kid: 'forged' } });
  for (let round = 0; round < 5; round++) expect(await faultOf(verify(forged))).toBe('invalid');
  expect(fetches).toBe(1);
});

it('says that the keys are unavailable, and recovers', async () => {
  const verify = verifier();
  answer = { ...answer, status: 503 };
  await expect(verify(await assertion())).rejects.toBeInstanceOf(KeysUnavailableError);
  answer = { ...answer, status: 200 };
  expect(await faultOf(verify(await assertion()))).toBe('none');
});

it.each<[string, string, object]>([
  ['no issuer', 'issuer', { issuer: undefined }],
  ['an issuer that is no URL', 'issuer', { issuer: 'api.example.com' }],
  ['no audience', 'audience', { audience: undefined }],
  ['an empty audience', 'audience', { audience: '' }],
  ['several audiences', 'audience', { audience: ['orders', 'billing'] }],
  ['a key set that is no URL', 'jwksUrl', { jwksUrl: '' }],
  ['a tolerance that is no number', 'clockToleranceSeconds', { clockToleranceSeconds: NaN }],
  ['a tolerance of an hour', 'clockToleranceSeconds', { clockToleranceSeconds: 3_600 }],
])('rejects options with %s, and names %s', (_, option, changes) => {
  const options = { issuer: ISSUER, audience: 'orders', jwksUrl, ...changes } as VerifierOptions;
  expect(() => createVerifier(options)).toThrow(`The option ${option} must be`);
});
