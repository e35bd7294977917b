import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';

describe('session tokens', () => {
  let emulator: ClerkEmulator;
  let api: ReturnType<typeof rawApi>;
  let sessionId: string;
  const verify = (jwt: string) =>
    jwtVerify(jwt, createPublicKey(emulator.jwtKey), { issuer: emulator.issuer, algorithms: ['RS256'] });
  const mint = async (faults: object): Promise<string> =>
    String((await api('POST', '/emulator/tokens', { session_id: sessionId, ...faults })).body['jwt']);

  beforeAll(async () => {
    emulator = await startClerkEmulator();
    api = rawApi(emulator);
    const user = await api('POST', '/v1/users', { email_address: ['a@example.com'], public_metadata: { role: 'x' } });
    const session = await api('POST', '/emulator/sessions', { user_id: user.body['id'] });
    sessionId = String(session.body['id']);
  });
  afterAll(() => emulator.close());

  it('verify with the keys of both JWKS URLs', async () => {
    const jwt = await mint({});
    const open = createRemoteJWKSet(new URL(emulator.jwksUrl));
    const headers = { authorization: `Bearer ${emulator.secretKey}` };
    const backend = createRemoteJWKSet(new URL(`${emulator.url}/v1/jwks`), { headers });
    await jwtVerify(jwt, open);
    await jwtVerify(jwt, backend);
  });

  it('have the requested version, by default 2', async () => {
    const ask = async (path: string, body?: object): Promise<unknown> =>
      decodeJwt(String((await api('POST', `/v1/sessions/${sessionId}/tokens${path}`, body)).body['jwt']))['v'];
    expect(await ask('')).toBe(2);
    expect(await ask('?version=1')).toBeUndefined();
    expect(await ask('', { version: 1 })).toBeUndefined();
  });

  it('have the requested lifetime', async () => {
    const answer = await api('POST', `/v1/sessions/${sessionId}/tokens`, { expires_in_seconds: 120 });
    const { exp, iat } = decodeJwt(String(answer.body['jwt']));
    expect(exp! - iat!).toBe(120);
  });

  it.each([
    ['expired', { expired: true }],
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['signed with a key that is not in the JWKS', { key: 'foreign' }],
    ['with a signature changed by one bit', { tampered: true }],
    ['without signature', { algorithm: 'none' }],
    ['signed by HMAC with the public key', { algorithm: 'HS256' }],
    ['of another RSA algorithm', { algorithm: 'RS512' }],
    ['not valid yet', { claims: { nbf: 99_999_999_999 } }],
  ])('can be minted %s, which a verifier rejects', async (_how, faults) => {
    await expect(verify(await mint(faults))).rejects.toThrow();
  });

  it('can be minted with any claim and header added or removed', async () => {
    const claims = { sts: 'pending', act: { sub: 'user_2' }, sid: null };
    const jwt = await mint({ claims, header: { kid: 'ins_unknown', cat: null }, azp: 'https://evil.example' });
    const { payload } = await verify(jwt);
    expect(payload).toMatchObject({ sts: 'pending', act: { sub: 'user_2' }, azp: 'https://evil.example' });
    expect(payload).not.toHaveProperty('sid');
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'RS256', kid: 'ins_unknown', typ: 'JWT' });
  });
});
