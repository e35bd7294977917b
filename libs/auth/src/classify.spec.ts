import * as fc from 'fast-check';
import { ISSUER, claimsV2 } from '../fixtures/clerk-tokens';
import { classifyJwt } from './classify';
import { type CredentialRequest, readCredential } from './credential';
import { CredentialRefusedError, CredentialRequestError } from './errors';
import { decodeJwt } from './jwt';

const OWN = 'https://api.example.com';
const issuers = { clerk: ISSUER, own: OWN };

function jwt(header: unknown, claims: unknown): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.AAAA';
}

const clerkToken = jwt({ alg: 'RS256' }, claimsV2(0));
const ownToken = jwt({ alg: 'HS256' }, { iss: OWN });
const KEY = 'sk_prod_abc_xyz';

/** The verifier that a request gets, as the gateway selects it. */
function verifierOf(request: CredentialRequest, of = issuers as { clerk: string; own?: string }): string {
  const credential = readCredential(request);
  return credential.kind === 'jwt' ? classifyJwt(decodeJwt(credential.token), of).verifier : credential.kind;
}

function resultOf(rawHeaders: readonly string[], url = '/api/me'): string {
  try {
    return verifierOf({ rawHeaders, url });
  } catch (error) {
    if (error instanceof CredentialRefusedError || error instanceof CredentialRequestError) return error.code;
    throw error;
  }
}

describe('classifying a request', () => {
  it.each<[string, string[], string]>([
    ['no credential', [], 'none'],
    ['a cookie', ['Cookie', `__session=${clerkToken}`], 'none'],
    ['an API key', ['X-API-Key', KEY], 'api_key'],
    ['an API key as Bearer', ['Authorization', `Bearer ${KEY}`], 'api_key'],
    ['the same API key both ways', ['X-API-Key', KEY, 'Authorization', `Bearer ${KEY}`], 'api_key'],
    ['an API key and a JWT', ['Authorization', `Bearer ${clerkToken}`, 'x-api-key', KEY], 'api_key'],
    ["Clerk's session token", ['authorization', `bearer ${clerkToken}`], 'clerk_session'],
    ['our own token', ['Authorization', `Bearer ${ownToken}`], 'legacy_jwt'],
    ["an API key and a proxy's Basic", ['Authorization', 'Basic dTpw', 'X-API-Key', KEY], 'api_key'],
    ['an API key and Digest', ['X-API-Key', KEY, 'Authorization', 'Digest username="a", realm="b"'], 'api_key'],
    ['an API key and an empty Authorization', ['X-API-Key', KEY, 'Authorization', ''], 'api_key'],
    ['an API key and Bearer without a token', ['X-API-Key', KEY, 'Authorization', 'Bearer'], 'api_key'],
    [
      'an API key and two joined tokens',
      ['X-API-Key', KEY, 'Authorization', 'Bearer a, Bearer b'],
      'credential_repeated',
    ],
    [
      'an API key and Basic twice',
      ['X-API-Key', KEY, 'Authorization', 'Basic a', 'Authorization', 'Basic b'],
      'credential_repeated',
    ],
    ['Digest', ['Authorization', 'Digest username="a", realm="b"'], 'credential_scheme_unsupported'],
    ['Basic joined with Bearer', ['Authorization', 'Basic a, Bearer b'], 'credential_repeated'],
    ['two API keys', ['X-API-Key', KEY, 'Authorization', `Bearer ${KEY}2`], 'credential_conflict'],
    [
      'a repeated header',
      ['Authorization', `Bearer ${clerkToken}`, 'AUTHORIZATION', 'Bearer x'],
      'credential_repeated',
    ],
    ['a repeated API key', ['X-API-Key', KEY, 'X-Api-Key', KEY], 'credential_repeated'],
    ['joined API keys', ['X-API-Key', `${KEY}, ${KEY}`], 'credential_repeated'],
    ['joined tokens', ['Authorization', `Bearer ${clerkToken}, Bearer ${clerkToken}`], 'credential_repeated'],
    ['an empty API key', ['X-API-Key', ''], 'credential_malformed'],
    ['an empty Authorization', ['Authorization', ''], 'credential_malformed'],
    ['Bearer alone', ['Authorization', 'Bearer '], 'credential_malformed'],
    ['a tab', ['Authorization', `Bearer\t${clerkToken}`], 'credential_scheme_unsupported'],
    ['two tokens in one', ['Authorization', `Bearer ${clerkToken} ${clerkToken}`], 'credential_malformed'],
    ['a key with white space', ['X-API-Key', 'sk_prod_ a'], 'credential_malformed'],
    ['a key beyond ASCII', ['X-API-Key', 'sk_prod_\u00e4'], 'credential_malformed'],
    ['Basic', ['Authorization', 'Basic dTpw'], 'credential_scheme_unsupported'],
    ['a naked token', ['Authorization', clerkToken], 'credential_scheme_unsupported'],
    ["Clerk's test secret", ['X-API-Key', 'sk_test_abc'], 'credential_is_clerk_secret'],
    ["Clerk's live secret as Bearer", ['Authorization', 'Bearer sk_live_abc'], 'credential_is_clerk_secret'],
    ['a foreign key', ['X-API-Key', 'xk_123'], 'credential_unknown'],
    ['a JWT as API key', ['X-API-Key', clerkToken], 'credential_unknown'],
    [
      'a failed API key beside a good token',
      ['X-API-Key', 'nonsense', 'Authorization', `Bearer ${clerkToken}`],
      'credential_unknown',
    ],
    ["Clerk's machine token", ['Authorization', 'Bearer mt_123'], 'credential_is_clerk_machine_token'],
    ["Clerk's machine token as API key", ['X-API-Key', 'mt_123'], 'credential_is_clerk_machine_token'],
    ["Clerk's OAuth access token", ['Authorization', 'Bearer oat_123'], 'credential_is_clerk_oauth_token'],
    ["Clerk's OAuth access token as API key", ['X-API-Key', 'oat_123'], 'credential_is_clerk_oauth_token'],
    ["Clerk's API key", ['Authorization', 'Bearer ak_123'], 'credential_is_clerk_api_key'],
    ["Clerk's API key as API key", ['X-API-Key', 'ak_123'], 'credential_is_clerk_api_key'],
    ["Clerk's publishable key", ['X-API-Key', 'pk_live_abc'], 'credential_is_publishable_key'],
    ['a webhook signing secret', ['Authorization', 'Bearer whsec_abc'], 'credential_is_webhook_secret'],
    ['the id of a session', ['Authorization', 'Bearer sess_2abc'], 'credential_is_identifier'],
    ['the id of a user', ['X-API-Key', 'user_2abc'], 'credential_is_identifier'],
    ['a token longer than 8 KiB', ['Authorization', `Bearer ${'a'.repeat(8_193)}!`], 'token_too_large'],
    ['an API key longer than 256 characters', ['X-API-Key', `sk_prod_${'a'.repeat(250)}`], 'api_key_malformed'],
    ['no JWT at all', ['Authorization', 'Bearer abc'], 'token_malformed'],
    [
      "Clerk's issuer with our algorithm",
      ['Authorization', `Bearer ${jwt({ alg: 'HS256' }, { iss: ISSUER })}`],
      'token_alg_unsupported',
    ],
    [
      "our issuer with Clerk's algorithm",
      ['Authorization', `Bearer ${jwt({ alg: 'RS256' }, { iss: OWN })}`],
      'token_alg_unsupported',
    ],
    ['no algorithm', ['Authorization', `Bearer ${jwt({ alg: 'none' }, { iss: ISSUER })}`], 'token_alg_unsupported'],
    [
      'a stranger',
      ['Authorization', `Bearer ${jwt({ alg: 'RS256' }, { iss: 'https://evil.example' })}`],
      'token_issuer_unknown',
    ],
  ])('with %s', (_, rawHeaders, expected) => {
    expect(resultOf(rawHeaders)).toBe(expected);
  });

  it.each([
    `/api/me?access_token=${clerkToken}`,
    '/api/me?TOKEN=x',
    `/api/me?q=${clerkToken}`,
    `/api/me?next=1&x=sk%5Fprod_abc`,
    '/api/me?x-api-key=',
  ])('rejects a credential in the query, even with a valid credential in a header: %#', (url) => {
    expect(resultOf(['Authorization', `Bearer ${clerkToken}`], url)).toBe('credential_in_query');
  });

  it.each([
    '?__clerk_ticket=eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
    '?__clerk_handshake=eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
    '?__clerk_db_jwt=dvb_1&__dev_session=eyJhbGciOiJSUzI1NiJ9.e30.AAAA&__clerk_status=verified',
  ])("ignores Clerk's query parameters only on routes to which browsers navigate: %s", (query) => {
    const request = { rawHeaders: [], url: `/api/clerk/syncUsers${query}` };
    expect(readCredential({ ...request, navigation: true })).toEqual({ kind: 'none' });
    if (query.includes('eyJ')) expect(resultOf([], request.url)).toBe('credential_in_query');
  });

  it('rejects other credentials in the query on routes to which browsers navigate', () => {
    for (const query of [`?x=${clerkToken}`, '?token=a', '?clerk_ticket=eyJa.e30.A']) {
      expect(() => readCredential({ rawHeaders: [], url: `/${query}`, navigation: true })).toThrow(
        expect.objectContaining({ code: 'credential_in_query' }) as Error,
      );
    }
  });

  it('ignores Authorization of a proxy on routes to which browsers navigate', () => {
    const read = (value: string) =>
      readCredential({ rawHeaders: ['Authorization', value], url: '/', navigation: true });
    for (const value of ['Basic dTpw', '', 'Negotiate abc']) expect(read(value)).toEqual({ kind: 'none' });
    expect(read(`Bearer ${clerkToken}`)).toEqual({ kind: 'jwt', token: clerkToken });
    expect(() => read('Bearer ')).toThrow(expect.objectContaining({ code: 'credential_malformed' }) as Error);
  });

  it('accepts legacy tokens only when their issuer is configured', () => {
    for (const claims of [{ iss: OWN }, {}]) {
      const request = { rawHeaders: ['Authorization', `Bearer ${jwt({ alg: 'HS256' }, claims)}`], url: '/' };
      expect(() => verifierOf(request, { clerk: ISSUER })).toThrow(
        expect.objectContaining({ code: 'token_issuer_unknown' }),
      );
    }
  });

  it('selects at most one verifier for any request, from the bytes of the credential alone', () => {
    const header = fc.record({ alg: fc.constantFrom('RS256', 'HS256', 'none', 'ES256') }, { requiredKeys: [] });
    const claims = fc.record({ iss: fc.constantFrom(ISSUER, OWN, 'x') }, { requiredKeys: [] });
    const token = fc.tuple(header, claims).map(([h, c]) => jwt(h, c));
    const value = fc.oneof(token, fc.constantFrom(KEY, 'sk_live_1', ''), fc.string());
    const field = fc.oneof(
      fc.tuple(
        fc.constantFrom('Authorization', 'authorization'),
        value.map((text) => `Bearer ${text}`),
      ),
      fc.tuple(fc.constantFrom('Authorization', 'X-API-Key', 'x-api-key', 'Cookie', 'X-User-Id'), value),
    );
    const requests = fc.tuple(fc.array(field, { maxLength: 4 }), fc.webQueryParameters({ size: 'xsmall' }));
    const refusals = /^(credential|token)_[a-z_]+$/;
    fc.assert(
      fc.property(requests, ([fields, query]) => {
        const rawHeaders = fields.flat();
        const chosen = resultOf(rawHeaders, `/?${query}`);
        expect(['none', 'api_key', 'clerk_session', 'legacy_jwt'].includes(chosen) || refusals.test(chosen)).toBe(true);
        const credentials = fields.filter(([name]) => /^(authorization|x-api-key)$/i.test(name));
        if (chosen === 'none') expect(credentials).toEqual([]);
        // Nothing else in the request makes a difference.
        if (!chosen.startsWith('credential_in')) expect(resultOf(credentials.flat())).toBe(chosen);
        if (chosen === 'clerk_session' || chosen === 'legacy_jwt') expect(credentials).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });
});
