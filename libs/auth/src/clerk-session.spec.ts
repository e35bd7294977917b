import { createHmac, createPublicKey, sign } from 'node:crypto';
import { ISSUER, PARTY, claimsV1, claimsV2, mint, signingPair } from '../fixtures/clerk-tokens';
import { classifyJwt } from './classify';
import { ClerkSessionVerifier, type ClerkSessionRules } from './clerk-session';
import { type CredentialFault, CredentialRefusedError } from './errors';
import { decodeJwt } from './jwt';
import { type KeySource, pinnedKey } from './key-source';

const NOW = Date.UTC(2026, 8, 21, 12);
const SECOND = 1_000;
const pair = signingPair('ins_1');
const stranger = signingPair('ins_1');
const rules: ClerkSessionRules = { issuer: ISSUER, authorizedParties: [PARTY], allowImpersonation: false };

function verifyToken(token: string, at = NOW, more: Partial<ClerkSessionRules> = {}) {
  const verifier = new ClerkSessionVerifier({ ...rules, ...more }, pinnedKey(pair.publicPem), () => at);
  return verifier.verify(classifyJwt(decodeJwt(token), { clerk: ISSUER }).jwt);
}

async function faultOf(attempt: () => Promise<unknown>): Promise<CredentialFault | 'accepted'> {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof CredentialRefusedError) return error.code;
    throw error;
  }
}

const encode = (text: string) => Buffer.from(text).toString('base64url');
const HEADER = JSON.stringify({ alg: 'RS256', cat: 'cl_B7d4PD111AAA', kid: 'ins_1', typ: 'JWT' });

/** Signs any header and claims correctly. */
function signedText(header: string, claims: string): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), pair.privateKey).toString('base64url')}`;
}

function claimsText(extra: string): string {
  return JSON.stringify(claimsV2(NOW)).replace(/\}$/, `,${extra}}`);
}

describe('an accepted Clerk session token', () => {
  it('yields the caller, the session and the expiry', async () => {
    await expect(verifyToken(await mint(pair, claimsV2(NOW)))).resolves.toEqual({
      clerkUserId: 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1',
      sessionId: 'sess_3AbCdEfGhIjKlMnOpQrStUvWxS1',
      tokenId: '0123456789abcdef0123',
      version: 2,
      issuedAt: NOW,
      expiresAt: NOW + 60 * SECOND,
      authorizedParty: PARTY,
      actor: null,
    });
  });

  it('may be of version 1', async () => {
    await expect(verifyToken(await mint(pair, claimsV1(NOW)))).resolves.toMatchObject({ version: 1 });
  });

  it("may lack azp, as native clients' tokens do", async () => {
    const { azp: _, ...claims } = claimsV2(NOW);
    await expect(verifyToken(await mint(pair, claims))).resolves.toMatchObject({ authorizedParty: null });
  });

  it('must name a listed party when the configuration requires one', async () => {
    const { azp, ...claims } = claimsV2(NOW);
    const verify = async (of: Record<string, unknown>) =>
      faultOf(async () => verifyToken(await mint(pair, of), NOW, { requireAuthorizedParty: true }));
    expect(await verify({ ...claims, azp })).toBe('accepted');
    expect(await verify(claims)).toBe('token_party_missing');
    expect(await verify({ ...claims, azp: 'https://evil.example' })).toBe('token_party_unlisted');
  });

  it('tolerates a clock difference of five seconds, and no more', async () => {
    const token = await mint(pair, { ...claimsV2(NOW), nbf: NOW / SECOND });
    const at = (seconds: number) => faultOf(() => verifyToken(token, NOW + seconds * SECOND));
    await expect(Promise.all([-6, -5, 64, 65].map(at))).resolves.toEqual([
      'token_not_yet_valid',
      'accepted',
      'accepted',
      'token_expired',
    ]);
  });

  it('may be signed by the key that replaced the cached one under its id, and by no other', async () => {
    const [known, successor] = [pair, stranger].map(({ publicPem }) => createPublicKey(publicPem));
    const keys: KeySource = {
      ...pinnedKey(pair.publicPem),
      findSuccessor: async (kid, of) => ({
        key: kid === 'ins_1' && of.equals(known!) ? successor : undefined,
        recheckAfterMs: undefined,
      }),
    };
    const verify = async (by: typeof pair) =>
      new ClerkSessionVerifier(rules, keys, () => NOW).verify(decodeJwt(await mint(by, claimsV2(NOW))));
    await expect(verify(pair)).resolves.toMatchObject({ version: 2 });
    await expect(verify(stranger)).resolves.toMatchObject({ version: 2 });
    expect(await faultOf(() => verify(signingPair('ins_1')))).toBe('token_signature_invalid');
    expect(await faultOf(() => verify(signingPair('ins_2')))).toBe('token_signature_invalid');
  });

  it('may belong to an impersonation only when the configuration allows it, and then names the actor', async () => {
    const token = await mint(pair, { ...claimsV2(NOW), act: { sub: 'user_admin' } });
    await expect(faultOf(() => verifyToken(token))).resolves.toBe('token_impersonated');
    await expect(verifyToken(token, NOW, { allowImpersonation: true })).resolves.toMatchObject({ actor: 'user_admin' });
    const odd = await mint(pair, { ...claimsV2(NOW), act: 'user_admin' });
    await expect(faultOf(() => verifyToken(odd, NOW, { allowImpersonation: true }))).resolves.toBe(
      'token_claim_invalid',
    );
  });
});

describe('a Clerk session token is rejected', () => {
  it.each<[string, CredentialFault, Record<string, unknown>]>([
    ['of another issuer', 'token_issuer_unknown', { iss: 'https://evil.example' }],
    ['of the issuer with a trailing slash', 'token_issuer_unknown', { iss: `${ISSUER}/` }],
    ['without an issuer', 'token_issuer_unknown', { iss: undefined }],
    ['for another application', 'token_party_unlisted', { azp: 'https://evil.example' }],
    ['for a list of applications', 'token_party_unlisted', { azp: [PARTY] }],
    ['for an empty application', 'token_party_unlisted', { azp: '' }],
    ['that has expired', 'token_expired', { exp: NOW / SECOND - 5 }],
    ['without exp', 'token_claim_invalid', { exp: undefined }],
    ['with a text for exp', 'token_claim_invalid', { exp: '9999999999' }],
    ['with an exp beyond any date', 'token_claim_invalid', { exp: 1e300 }],
    ['with a negative exp', 'token_claim_invalid', { exp: -1 }],
    ['without iat', 'token_claim_invalid', { iat: undefined }],
    ['issued in the future', 'token_not_yet_valid', { iat: NOW / SECOND + 6 }],
    ['with nbf in the future', 'token_not_yet_valid', { nbf: NOW / SECOND + 6 }],
    ['with a text for nbf', 'token_claim_invalid', { nbf: 'soon' }],
    ['of a machine', 'token_subject_invalid', { sub: 'mch_1' }],
    ['without a subject', 'token_subject_invalid', { sub: undefined }],
    ['of a subject with a wildcard', 'token_subject_invalid', { sub: 'user_*' }],
    ['of a subject with a line break', 'token_subject_invalid', { sub: 'user_1\n' }],
    ['without a session', 'token_session_missing', { sid: undefined }],
    ['with a malformed session id', 'token_session_missing', { sid: 'sess_1 ' }],
    ['of a pending session', 'token_session_pending', { sts: 'pending' }],
    ['of a session in an unknown state', 'token_session_pending', { sts: null }],
    ['of an unknown version', 'token_version_unsupported', { v: 3 }],
    ['of an impersonated session', 'token_impersonated', { act: { sub: 'user_admin' } }],
    ['of an impersonated session without an actor', 'token_impersonated', { act: null }],
  ])('%s', async (_, fault, claims) => {
    const token = await mint(pair, JSON.parse(JSON.stringify({ ...claimsV2(NOW), ...claims })) as typeof claims);
    await expect(faultOf(() => verifyToken(token))).resolves.toBe(fault);
  });

  it.each<[string, CredentialFault, Record<string, unknown>]>([
    ['of another type', 'token_type_unsupported', { typ: 'at+jwt' }],
    ['without a type', 'token_type_unsupported', { typ: undefined }],
    ['made from a JWT template', 'token_category_unsupported', { cat: 'cl_B7d4PD222AAA' }],
    ['without a category', 'token_category_unsupported', { cat: undefined }],
    ['with a key id that is not a string', 'token_key_unknown', { kid: 7 }],
  ])('%s (header)', async (_, fault, header) => {
    await expect(faultOf(async () => verifyToken(await mint(pair, claimsV2(NOW), header)))).resolves.toBe(fault);
  });

  it('signed with a foreign key, even when its header embeds or links that key', async () => {
    const headers = [{}, { jwk: stranger.jwk }, { jku: 'https://evil.example/jwks.json' }, { x5c: ['MIIB'] }];
    for (const header of headers) {
      const token = await mint(stranger, claimsV2(NOW), header);
      await expect(faultOf(() => verifyToken(token))).resolves.toBe('token_signature_invalid');
    }
  });

  it.each(['none', 'nOnE', 'None', 'HS256', 'HS512', 'RS384', 'PS256', 'ES256', 'rs256', '', null, 256])(
    'with the algorithm %p',
    async (alg) => {
      const input = `${encode(JSON.stringify({ ...JSON.parse(HEADER), alg }))}.${encode(JSON.stringify(claimsV2(NOW)))}`;
      // Key confusion: the text of the public key as HMAC secret.
      const tag = createHmac('sha256', pair.publicPem).update(input).digest('base64url');
      for (const token of [`${input}.${tag}`, `${input}.`]) {
        await expect(faultOf(() => verifyToken(token))).resolves.toBe('token_alg_unsupported');
      }
    },
  );

  it('altered after signing', async () => {
    const token = await mint(pair, claimsV2(NOW));
    const [header = '', claims = '', signature = ''] = token.split('.');
    const raised = encode(Buffer.from(claims, 'base64url').toString().replace('Y1"', 'Y2"'));
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    for (const altered of [
      `${header}.${raised}.${signature}`,
      `${header}.${claims}.${flipped}`,
      `${header}.${claims}.`,
    ]) {
      await expect(faultOf(() => verifyToken(altered))).resolves.toBe('token_signature_invalid');
    }
  });

  it('in any other encoding of the same bytes', async () => {
    const token = await mint(pair, claimsV2(NOW));
    const parts = token.split('.');
    const last = token.at(-1) ?? '';
    // The base64url of 2048 bits has four unused bits in its last character.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBytes = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1]}`;
    const spellings = [
      sameBytes,
      `${token}=`,
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      `${token}.`,
      `${token}.e30`,
      parts.slice(0, 2).join('.'),
      `${parts[0]}=.${parts[1]}.${parts[2]}`,
      token.replaceAll('.', '%2E'),
      '..',
      '',
    ];
    for (const spelling of spellings) {
      await expect(faultOf(() => verifyToken(spelling))).resolves.toBe('token_malformed');
    }
  });

  it.each<[string, CredentialFault, string, string]>([
    ['a required extension', 'token_crit_unsupported', HEADER.replace(/\}$/, ',"crit":["exp"]}'), claimsText('"x":1')],
    ['an empty crit', 'token_crit_unsupported', HEADER.replace(/\}$/, ',"crit":[]}'), claimsText('"x":1')],
    ['two subjects', 'token_duplicate_claim', HEADER, claimsText('"sub":"user_2"')],
    ['two subjects, one escaped', 'token_duplicate_claim', HEADER, claimsText('"s\\u0075b":"user_2"')],
    ['two algorithms', 'token_duplicate_claim', HEADER.replace(/\}$/, ',"alg":"none"}'), claimsText('"x":1')],
    ['two members deep inside', 'token_duplicate_claim', HEADER, claimsText('"x":[{"a":{"b":1,"b":2}}]')],
    ['an infinite exp', 'token_number_invalid', HEADER, claimsText('"x":1e400')],
    ['claims that are a list', 'token_malformed', HEADER, '[]'],
    ['claims that are null', 'token_malformed', HEADER, 'null'],
    ['claims that are not JSON', 'token_malformed', HEADER, '{"a":1'],
    ['a byte order mark', 'token_malformed', HEADER, `\ufeff${claimsText('"x":1')}`],
    ['claims nested 40 levels deep', 'token_malformed', HEADER, claimsText(`"x":${'['.repeat(40)}${']'.repeat(40)}`)],
  ])('with %s', async (_, fault, header, claims) => {
    await expect(faultOf(() => verifyToken(signedText(header, claims)))).resolves.toBe(fault);
  });

  it('larger than 8 KiB before any part is decoded', async () => {
    const token = signedText(HEADER, claimsText(`"x":"${'a'.repeat(8192)}"`));
    await expect(faultOf(() => verifyToken(token))).resolves.toBe('token_too_large');
  });

  it('without showing the token in the error', async () => {
    const token = await mint(stranger, claimsV2(NOW));
    const error = await verifyToken(token).catch((caught: unknown) => caught);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token.slice(0, 20));
  });
});
