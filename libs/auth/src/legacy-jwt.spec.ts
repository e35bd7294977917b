import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { CredentialRefusedError } from './errors';
import { decodeJwt } from './jwt';
import { LegacyJwtVerifier, type LegacyJwtRules, legacySecrets, mintLegacyJwt } from './legacy-jwt';

const NOW = Date.UTC(2026, 8, 21, 12);
const texts = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const [current = '', former = ''] = texts;
const rules: LegacyJwtRules = {
  issuer: 'https://api.example.com',
  audience: 'gatehouse',
  secrets: legacySecrets([current]),
};
const userId = randomUUID();
const jti = randomUUID();
const claims = { userId, jti, sessionId: 'sess_1', issuedAt: NOW, expiresAt: NOW + 60_000 };
const payload = {
  iss: rules.issuer,
  aud: rules.audience,
  sub: userId,
  jti,
  sid: 'sess_1',
  iat: NOW / 1_000,
  exp: NOW / 1_000 + 60,
};

function verify(token: string, at = NOW, by: LegacyJwtRules = rules) {
  return new LegacyJwtVerifier(by, () => at).verify(decodeJwt(token));
}

function faultOf(token: string, at = NOW): string {
  try {
    verify(token, at);
    return 'accepted';
  } catch (error) {
    if (error instanceof CredentialRefusedError) return error.code;
    throw error;
  }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }, secret = current, alg = 'sha256') {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(alg, secret).update(input).digest('base64url')}`;
}

describe('a legacy token', () => {
  it('verifies with the claims with which it was minted', () => {
    expect(verify(mintLegacyJwt(claims, rules))).toEqual(claims);
    const local = { ...claims, sessionId: null };
    expect(verify(mintLegacyJwt(local, rules))).toEqual(local);
  });

  it('is accepted by jose, and a token of jose is accepted here', async () => {
    const token = mintLegacyJwt(claims, rules);
    const options = { issuer: rules.issuer, audience: rules.audience, currentDate: new Date(NOW) };
    await expect(jwtVerify(token, Buffer.from(current), options)).resolves.toMatchObject({ payload });
    const theirs = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(current));
    expect(verify(theirs)).toEqual(claims);
  });

  it('is signed with the first secret and verifies with both during a rotation', () => {
    const token = mintLegacyJwt(claims, { ...rules, secrets: legacySecrets([former]) });
    expect(faultOf(token)).toBe('token_signature_invalid');
    const both = { ...rules, secrets: legacySecrets([current, former]) };
    expect(verify(token, NOW, both)).toEqual(claims);
    expect(verify(mintLegacyJwt(claims, both))).toEqual(claims);
  });

  it('tolerates a clock difference of five seconds, and no more', () => {
    const token = mintLegacyJwt(claims, rules);
    expect([-6, -5, 64, 65].map((seconds) => faultOf(token, NOW + seconds * 1_000))).toEqual([
      'token_not_yet_valid',
      'accepted',
      'accepted',
      'token_expired',
    ]);
  });
});

describe('a legacy token is rejected', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['of another issuer', 'token_issuer_unknown', { iss: 'https://evil.example' }],
    ['for another service', 'token_audience_invalid', { aud: 'other' }],
    ['for several services', 'token_audience_invalid', { aud: ['gatehouse', 'other'] }],
    ['for no service', 'token_audience_invalid', { aud: undefined }],
    ['without exp', 'token_claim_invalid', { exp: undefined }],
    ['with a text for exp', 'token_claim_invalid', { exp: '9999999999' }],
    ['with an exp beyond any date', 'token_claim_invalid', { exp: 1e300 }],
    ['with nbf in the future', 'token_not_yet_valid', { nbf: NOW / 1_000 + 60 }],
    ['of a Clerk user', 'token_subject_invalid', { sub: 'user_1' }],
    ['without a subject', 'token_subject_invalid', { sub: undefined }],
    ['without an id', 'token_id_missing', { jti: undefined }],
    ['with a number for an id', 'token_id_missing', { jti: 7 }],
    ['with a malformed session id', 'token_claim_invalid', { sid: 'sess_*' }],
  ])('%s', (_, code, changes) => {
    expect(faultOf(signed({ ...payload, ...changes }))).toBe(code);
  });

  it('that is signed with another secret or another hash, or not signed', () => {
    expect(faultOf(signed(payload, undefined, randomBytes(32).toString('base64')))).toBe('token_signature_invalid');
    expect(faultOf(signed(payload, undefined, current, 'sha512'))).toBe('token_signature_invalid');
    expect(faultOf(signed(payload).replace(/[^.]+$/, ''))).toBe('token_signature_invalid');
    expect(faultOf(signed(payload, { alg: 'none', typ: 'JWT' }))).toBe('token_alg_unsupported');
    expect(faultOf(signed(payload, { alg: 'HS512', typ: 'JWT' }, current, 'sha512'))).toBe('token_alg_unsupported');
    expect(faultOf(signed(payload, { alg: 'HS256', typ: 'at+jwt' }))).toBe('token_type_unsupported');
    expect(faultOf(signed(payload, { alg: 'HS256' }))).toBe('token_type_unsupported');
  });
});

describe('secrets of legacy tokens', () => {
  it.each([
    [[]],
    [['short']],
    [['x'.repeat(31)]],
    [[current, 'short']],
    [[current, current]],
    [[current, former, 'x'.repeat(40)]],
  ])('are rejected without showing them: %#', (secrets) => {
    expect(() => legacySecrets(secrets)).toThrow(expect.objectContaining({ code: 'SECRET_INVALID' }));
  });

  it('are measured in bytes', () => {
    expect(legacySecrets(['ä'.repeat(16)])).toHaveLength(1);
  });
});
