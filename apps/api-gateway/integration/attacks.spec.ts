import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { mintApiKey } from '@gatehouse/auth';
import { eventually } from '@gatehouse/testing';
import { CompactEncrypt, SignJWT, exportJWK } from 'jose';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { ISSUER, mint } from './support/clerk-tokens';
import { type RawAnswer, type RawRequest, sendRaw } from './support/raw-request';
import { PUBLIC_URL } from './support/test-gateway';

const ORIGIN = 'https://app.example.com';
let gateway: AttackedGateway;
let addresses = 0;

beforeAll(async () => {
  gateway = await startAttackedGateway({
    TRUST_PROXY: 'loopback',
    CORS_ORIGINS: ORIGIN,
    REDIRECT_ORIGINS: 'https://shop.example.com',
    SIGN_IN_URL: 'https://accounts.example.com/sign-in',
  });
});
afterAll(() => gateway?.stop());
beforeEach(() => (gateway.reached.length = 0));

/** An attack, and how it is refused. `secret` is what must not be found in logs and answers. */
interface Attack {
  readonly request: RawRequest;
  readonly secret?: string;
}
type Case = readonly [name: string, status: number, code: string, attack: () => Attack | Promise<Attack>];

const encode = (text: string) => Buffer.from(text).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);
const bearer = (token: string, request: RawRequest = {}): Attack => ({
  request: { ...request, headers: [['Authorization', `Bearer ${token}`], ...(request.headers ?? [])] },
  secret: token.split('.').at(-1) || token,
});
const withKey = (key: string, request: RawRequest = {}): Attack => ({
  request: { ...request, headers: [['X-API-Key', key], ...(request.headers ?? [])] },
  secret: key,
});
const json = (body: unknown, request: RawRequest): RawRequest => ({
  ...request,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: [...(request.headers ?? []), ['Content-Type', 'application/json']],
});

/** A Clerk token with other claims. */
const claiming = (changes: Record<string, unknown>) => () =>
  bearer(gateway.clerkText(JSON.stringify(gateway.header()), JSON.stringify(gateway.claims(changes))));
/** A Clerk token with another header, signed with the right key. */
const headed = (changes: Record<string, unknown>) => () =>
  bearer(gateway.clerkText(JSON.stringify(gateway.header(changes)), JSON.stringify(gateway.claims())));
/** A Clerk token whose claims are exactly this text. */
const claimText = (change: (claims: string) => string) => () =>
  bearer(gateway.clerkText(JSON.stringify(gateway.header()), change(JSON.stringify(gateway.claims()))));
/** A good Clerk token, its bytes tampered with. */
const tampered = (change: (header: string, claims: string, signature: string) => string) => async () => {
  const [header = '', claims = '', signature = ''] = (await mint(gateway.pair, CLERK_USER)).split('.');
  const token = change(header, claims, signature);
  return { ...bearer(token), secret: signature.slice(20, 100) };
};
const flip = (signature: string, at: number) => {
  const bytes = Buffer.from(signature, 'base64url');
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return bytes.toString('base64url');
};

async function strike({ request, secret }: Attack): Promise<RawAnswer> {
  const address = `203.0.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
  const headers = [['X-Forwarded-For', address] as const, ...(request.headers ?? [])];
  const answer = await sendRaw(gateway.url, { ...request, headers });
  if (secret !== undefined && secret.length >= 8) {
    expect(gateway.logs()).not.toContain(secret);
    expect(answer.text).not.toContain(secret);
  }
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d|node_modules/);
  return answer;
}

async function expectRefused(status: number, code: string, attack: Attack): Promise<RawAnswer> {
  const answer = await strike(attack);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="gatehouse"/);
  expect(gateway.reached).toEqual([]);
  return answer;
}

describe('what is tried is good but for what is wrong with it', () => {
  it('a Clerk token, an API key and a token of our own are let in', async () => {
    const good = [bearer(await mint(gateway.pair, CLERK_USER)), withKey(gateway.key()), bearer(gateway.legacy())];
    good.push(bearer(gateway.key()), claiming({})(), headed({})(), claimText((text) => text)());
    for (const attack of good) expect((await strike(attack)).status).toBe(200);
  });
});

describe('a forged algorithm is refused:', () => {
  const unsigned =
    (alg: unknown, signature = '') =>
    () =>
      bearer(
        `${encode(JSON.stringify(gateway.header({ alg })))}.${encode(JSON.stringify(gateway.claims()))}.${signature}`,
      );
  const maced =
    (key: () => string | Buffer, changes: Record<string, unknown> = {}) =>
    () => {
      const input = `${encode(JSON.stringify(gateway.header({ alg: 'HS256' })))}.${encode(JSON.stringify(gateway.claims(changes)))}`;
      return bearer(`${input}.${createHmac('sha256', key()).update(input).digest('base64url')}`);
    };
  const cases: Case[] = [
    ['none', 401, 'token_alg_unsupported', unsigned('none')],
    ['nOnE', 401, 'token_alg_unsupported', unsigned('nOnE')],
    ['NONE', 401, 'token_alg_unsupported', unsigned('NONE')],
    ['none with a signature', 401, 'token_alg_unsupported', unsigned('none', 'AAAA')],
    ['rs256 in small letters', 401, 'token_alg_unsupported', unsigned('rs256', 'AAAA')],
    ['an empty one', 401, 'token_alg_unsupported', unsigned('', 'AAAA')],
    ['none at all', 401, 'token_alg_unsupported', unsigned(undefined, 'AAAA')],
    ['null', 401, 'token_alg_unsupported', unsigned(null, 'AAAA')],
    ['a number', 401, 'token_alg_unsupported', unsigned(256, 'AAAA')],
    ['a list', 401, 'token_alg_unsupported', unsigned(['RS256'], 'AAAA')],
    ['RS384', 401, 'token_alg_unsupported', headed({ alg: 'RS384' })],
    ['RS512', 401, 'token_alg_unsupported', headed({ alg: 'RS512' })],
    ['PS256', 401, 'token_alg_unsupported', headed({ alg: 'PS256' })],
    ['ES256', 401, 'token_alg_unsupported', headed({ alg: 'ES256' })],
    ['EdDSA', 401, 'token_alg_unsupported', headed({ alg: 'EdDSA' })],
    ["HS256 with Clerk's PEM as secret", 401, 'token_alg_unsupported', maced(() => gateway.pair.publicPem)],
    ["HS256 with Clerk's PEM, trimmed", 401, 'token_alg_unsupported', maced(() => gateway.pair.publicPem.trim())],
    [
      "HS256 with Clerk's key in DER",
      401,
      'token_alg_unsupported',
      maced(() => createPublicKey(gateway.pair.publicPem).export({ type: 'spki', format: 'der' })),
    ],
    [
      "HS256 with Clerk's PEM in our name",
      401,
      'token_signature_invalid',
      maced(() => gateway.pair.publicPem, { iss: PUBLIC_URL }),
    ],
    ['HS256 with an empty secret in our name', 401, 'token_signature_invalid', maced(() => '', { iss: PUBLIC_URL })],
    ['RS256 in our name', 401, 'token_alg_unsupported', () => bearer(gateway.legacy({ header: { alg: 'RS256' } }))],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

describe('a key that the token brings or names is not used:', () => {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const byOwnKey = (header: (jwk: Record<string, unknown>) => Record<string, unknown>) => async () => {
    const jwk = (await exportJWK(own.publicKey)) as Record<string, unknown>;
    const input = `${encode(JSON.stringify(gateway.header(header(jwk))))}.${encode(JSON.stringify(gateway.claims()))}`;
    return bearer(`${input}.${sign('RSA-SHA256', Buffer.from(input), own.privateKey).toString('base64url')}`);
  };
  const cases: Case[] = [
    ['jwk under a known kid', 401, 'token_signature_invalid', byOwnKey((jwk) => ({ jwk }))],
    ['jwk under its own kid', 401, 'token_key_unknown', byOwnKey((jwk) => ({ jwk, kid: 'mine' }))],
    ['jwk without kid', 401, 'token_key_unknown', byOwnKey((jwk) => ({ jwk, kid: undefined }))],
    ['jku', 401, 'token_key_unknown', byOwnKey(() => ({ jku: 'https://evil.example/jwks.json', kid: 'mine' }))],
    ['jku under a known kid', 401, 'token_signature_invalid', byOwnKey(() => ({ jku: 'https://evil.example/jwks' }))],
    ['x5u', 401, 'token_key_unknown', byOwnKey(() => ({ x5u: 'https://evil.example/chain.pem', kid: 'mine' }))],
    ['x5c', 401, 'token_signature_invalid', byOwnKey(() => ({ x5c: ['MIIB'] }))],
    ['x5t', 401, 'token_signature_invalid', byOwnKey(() => ({ x5t: 'AAAA' }))],
    ['its own signature', 401, 'token_signature_invalid', byOwnKey(() => ({}))],
    ['kid traversal', 401, 'token_key_unknown', headed({ kid: '../../../../dev/null' })],
    ['kid traversal, encoded', 401, 'token_key_unknown', headed({ kid: '..%2f..%2fetc%2fpasswd' })],
    ['kid SQL', 401, 'token_key_unknown', headed({ kid: "x' UNION SELECT 'key' --" })],
    ['kid URL', 401, 'token_key_unknown', headed({ kid: 'https://evil.example/key.pem' })],
    ['kid command', 401, 'token_key_unknown', headed({ kid: 'x|cat /etc/passwd' })],
    ['kid of a prototype', 401, 'token_key_unknown', headed({ kid: '__proto__' })],
    ['kid constructor', 401, 'token_key_unknown', headed({ kid: 'constructor' })],
    ['an empty kid', 401, 'token_key_unknown', headed({ kid: '' })],
    ['a number for a kid', 401, 'token_key_unknown', headed({ kid: 1 })],
    ['null for a kid', 401, 'token_key_unknown', headed({ kid: null })],
    ['a list of kids', 401, 'token_key_unknown', headed({ kid: ['ins_1'] })],
    ['no kid', 401, 'token_key_unknown', headed({ kid: undefined })],
    ['a known kid in capitals', 401, 'token_key_unknown', headed({ kid: 'INS_1' })],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

describe('a signature that was touched is refused:', () => {
  const cases: Case[] = [
    ['its first bit', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 0)}`)],
    ['its last bit', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, -1)}`)],
    ['its middle', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 128)}`)],
    ['cut short', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${s.slice(0, 340)}`)],
    [
      'a byte longer',
      401,
      'token_signature_invalid',
      tampered((h, c, s) => `${h}.${c}.${encode('\0')}${s}`.slice(0, -1) + 'A'),
    ],
    [
      'all zeros',
      401,
      'token_signature_invalid',
      tampered((h, c) => `${h}.${c}.${Buffer.alloc(256).toString('base64url')}`),
    ],
    ['taken away', 401, 'token_signature_invalid', tampered((h, c) => `${h}.${c}.`)],
    ['taken away with its point', 401, 'token_malformed', tampered((h, c) => `${h}.${c}`)],
    ['padded with =', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}=`)],
    ['padded with ==', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}==`)],
    [
      'with an unused bit set',
      401,
      'token_malformed',
      tampered((h, c, s) => `${h}.${c}.${s.slice(0, -1)}${nextLetter(s)}`),
    ],
    ['in standard base64', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.+/${s.slice(2)}`)],
    [
      'of another token',
      401,
      'token_signature_invalid',
      async () => {
        const other = (await mint(gateway.pair, 'user_eve')).split('.')[2];
        return tampered((h, c) => `${h}.${c}.${other}`)();
      },
    ],
    ['a part too many', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.${s}`)],
    ['an empty part too many', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.`)],
    ['parts swapped', 401, 'token_malformed', tampered((h, c, s) => `${s}.${c}.${h}`)],
    ['no header', 401, 'token_malformed', tampered((_, c, s) => `.${c}.${s}`)],
    ['no claims', 401, 'token_malformed', tampered((h, _, s) => `${h}..${s}`)],
    ['nothing but points', 401, 'token_malformed', () => bearer('..')],
    [
      'claims changed',
      401,
      'token_signature_invalid',
      tampered((h, _, s) => `${h}.${encode(JSON.stringify(gateway.claims({ sub: 'user_admin' })))}.${s}`),
    ],
    [
      'header changed',
      401,
      'token_signature_invalid',
      tampered((_, c, s) => `${encode(JSON.stringify(gateway.header({ extra: 1 })))}.${c}.${s}`),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

describe('a header or claim that is wrong, though signed, is refused:', () => {
  const cases: Case[] = [
    ['crit unknown', 401, 'token_crit_unsupported', headed({ crit: ['x-unknown'], 'x-unknown': 1 })],
    ['crit of what is known', 401, 'token_crit_unsupported', headed({ crit: ['exp'] })],
    ['crit empty', 401, 'token_crit_unsupported', headed({ crit: [] })],
    ['crit b64', 401, 'token_crit_unsupported', headed({ crit: ['b64'], b64: false })],
    ['typ at+jwt', 401, 'token_type_unsupported', headed({ typ: 'at+jwt' })],
    ['typ missing', 401, 'token_type_unsupported', headed({ typ: undefined })],
    ['typ logout+jwt', 401, 'token_type_unsupported', headed({ typ: 'logout+jwt' })],
    ['cat of a template', 401, 'token_category_unsupported', headed({ cat: 'cl_other' })],
    ['cat missing', 401, 'token_category_unsupported', headed({ cat: undefined })],
    ['exp missing', 401, 'token_claim_invalid', claiming({ exp: undefined })],
    ['exp a text', 401, 'token_claim_invalid', claiming({ exp: String(now() + 60) })],
    ['exp null', 401, 'token_claim_invalid', claiming({ exp: null })],
    ['exp true', 401, 'token_claim_invalid', claiming({ exp: true })],
    ['exp negative', 401, 'token_claim_invalid', claiming({ exp: -1 })],
    ['exp infinite', 401, 'token_number_invalid', claimText((text) => text.replace(/"exp":\d+/, '"exp":1e400'))],
    ['exp beyond all dates', 401, 'token_claim_invalid', claiming({ exp: 1e300 })],
    ['exp a list', 401, 'token_claim_invalid', claiming({ exp: [now() + 60] })],
    ['exp past', 401, 'token_expired', () => claiming({ exp: now() - 6 })()],
    ['exp zero', 401, 'token_expired', claiming({ exp: 0 })],
    ['nbf in the future', 401, 'token_not_yet_valid', () => claiming({ nbf: now() + 60 })()],
    ['nbf a text', 401, 'token_claim_invalid', claiming({ nbf: 'now' })],
    ['iat missing', 401, 'token_claim_invalid', claiming({ iat: undefined })],
    ['iat in the future', 401, 'token_not_yet_valid', () => claiming({ iat: now() + 60 })()],
    ['iss of a stranger', 401, 'token_issuer_unknown', claiming({ iss: 'https://evil.example' })],
    ['iss with a slash', 401, 'token_issuer_unknown', claiming({ iss: `${ISSUER}/` })],
    ['iss as prefix', 401, 'token_issuer_unknown', claiming({ iss: `${ISSUER}.evil.example` })],
    ['iss a list', 401, 'token_issuer_unknown', claiming({ iss: [ISSUER] })],
    ['iss missing', 401, 'token_issuer_unknown', claiming({ iss: undefined })],
    ['iss ours', 401, 'token_alg_unsupported', claiming({ iss: PUBLIC_URL })],
    ['azp of a stranger', 401, 'token_party_unlisted', claiming({ azp: 'https://evil.example' })],
    ['azp null', 401, 'token_party_unlisted', claiming({ azp: null })],
    ['azp empty', 401, 'token_party_unlisted', claiming({ azp: '' })],
    ['azp a list', 401, 'token_party_unlisted', claiming({ azp: ['http://localhost:3000'] })],
    ['a pending session', 401, 'token_session_pending', claiming({ sts: 'pending' })],
    ['a session in a state unheard of', 401, 'token_session_pending', claiming({ sts: 'ACTIVE' })],
    ['an impersonated session', 401, 'token_impersonated', claiming({ act: { sub: 'user_support' } })],
    ['an impersonated session, null', 401, 'token_impersonated', claiming({ act: null })],
    ['sub of a machine', 401, 'token_subject_invalid', claiming({ sub: 'mch_1' })],
    ['sub missing', 401, 'token_subject_invalid', claiming({ sub: undefined })],
    ['sub a wildcard', 401, 'token_subject_invalid', claiming({ sub: 'user_*' })],
    ['sub a list', 401, 'token_subject_invalid', claiming({ sub: [CLERK_USER] })],
    ['sub with a NUL', 401, 'token_subject_invalid', claiming({ sub: `${CLERK_USER}\u0000` })],
    ['sid missing', 401, 'token_session_missing', claiming({ sid: undefined })],
    ['sid with a space', 401, 'token_session_missing', claiming({ sid: 'sess_1 ' })],
    ['a version to come', 401, 'token_version_unsupported', claiming({ v: 3 })],
    ['jti an object', 401, 'token_claim_invalid', claiming({ jti: {} })],
    ['sub twice', 401, 'token_duplicate_claim', claimText((text) => text.replace('{', '{"sub":"user_admin",'))],
    [
      'sub twice, escaped',
      401,
      'token_duplicate_claim',
      claimText((text) => text.replace('{', '{"s\\u0075b":"user_admin",')),
    ],
    ['exp twice', 401, 'token_duplicate_claim', claimText((text) => text.replace('{', '{"exp":9999999999,'))],
    [
      'a name twice inside',
      401,
      'token_duplicate_claim',
      claimText((text) => text.replace('{', '{"m":{"a":1,"a":2},')),
    ],
    [
      'alg twice',
      401,
      'token_duplicate_claim',
      () =>
        bearer(
          gateway.clerkText(
            JSON.stringify(gateway.header()).replace('{', '{"alg":"none",'),
            JSON.stringify(gateway.claims()),
          ),
        ),
    ],
    ['claims no object', 401, 'token_malformed', claimText(() => '[]')],
    ['claims null', 401, 'token_malformed', claimText(() => 'null')],
    ['claims no JSON', 401, 'token_malformed', claimText((text) => `${text},`)],
    ['claims with a byte order mark', 401, 'token_malformed', claimText((text) => `\u00ef\u00bb\u00bf${text}`)],
    ['claims no UTF-8', 401, 'token_malformed', claimText((text) => text.replace('{', '{"x":"\u00ff",'))],
    [
      'claims too deep',
      401,
      'token_malformed',
      claimText((text) => text.replace('{', `{"x":${'['.repeat(40)}${']'.repeat(40)},`)),
    ],
    ['a session that has ended', 401, 'token_revoked', claiming({ sub: 'user_signedout', sid: 'sess_out' })],
    ['a user who is shut out', 403, 'account_inactive', claiming({ sub: 'user_inactive', sid: 'sess_in' })],
    ['larger than 8 KiB', 401, 'token_too_large', claiming({ x: 'a'.repeat(8_000) })],
    ['larger than any header may be', 431, 'headers_too_large', claiming({ x: 'a'.repeat(20_000) })],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));

  it('an encrypted token', async () => {
    const key = createPublicKey(gateway.pair.publicPem);
    const token = await new CompactEncrypt(Buffer.from(JSON.stringify(gateway.claims())))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(key);
    await expectRefused(401, 'token_malformed', bearer(token));
  });

  it('a JSON serialization', async () => {
    const [header, claims, signature] = (await mint(gateway.pair, CLERK_USER)).split('.');
    const general = JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] });
    await expectRefused(400, 'credential_repeated', bearer(general));
  });

  it("a token signed with Clerk's key but for a stranger's algorithm suite", async () => {
    const token = await new SignJWT(gateway.claims())
      .setProtectedHeader({ ...gateway.header(), alg: 'PS256' })
      .sign(gateway.pair.privateKey);
    await expectRefused(401, 'token_alg_unsupported', bearer(token));
  });
});

describe('headers that are ambiguous or odd are refused:', () => {
  const headers = (...list: (readonly [string, string])[]) => ({ request: { headers: list } });
  const token = () => mint(gateway.pair, CLERK_USER);
  const cases: Case[] = [
    [
      'Authorization twice',
      400,
      'credential_repeated',
      async () => {
        const value = `Bearer ${await token()}`;
        return headers(['Authorization', value], ['Authorization', value]);
      },
    ],
    [
      'Authorization twice, in other letters',
      400,
      'credential_repeated',
      async () => headers(['Authorization', `Bearer ${await token()}`], ['AUTHORIZATION', 'Bearer x']),
    ],
    ['tokens joined by a comma', 400, 'credential_repeated', async () => bearer(`${await token()},${await token()}`)],
    [
      'X-API-Key twice',
      400,
      'credential_repeated',
      () => {
        const key = gateway.key();
        return headers(['X-API-Key', key], ['x-api-key', key]);
      },
    ],
    ['keys joined by a comma', 400, 'credential_repeated', () => withKey(`${gateway.key()}, ${gateway.key()}`)],
    [
      'two different keys',
      400,
      'credential_conflict',
      () => withKey(gateway.key(), { headers: [['Authorization', `Bearer ${gateway.key()}`]] }),
    ],
    [
      'a bad key beside a good token',
      401,
      'api_key_malformed',
      async () => withKey('sk_prod_nonsense', { headers: [['Authorization', `Bearer ${await token()}`]] }),
    ],
    [
      'an empty key beside a good token',
      400,
      'credential_malformed',
      async () => headers(['X-API-Key', ''], ['Authorization', `Bearer ${await token()}`]),
    ],
    [
      'a good key beside a malformed Authorization',
      400,
      'credential_malformed',
      () => withKey(gateway.key(), { headers: [['Authorization', 'Bearer ']] }),
    ],
    ['a JWT as API key', 401, 'credential_unknown', async () => withKey(await token())],
    ['two spaces in the token', 400, 'credential_malformed', async () => bearer((await token()).replace('.', '. '))],
    [
      'a tab after Bearer',
      401,
      'credential_scheme_unsupported',
      async () => headers(['Authorization', `Bearer\t${await token()}`]),
    ],
    [
      'a non-breaking space',
      401,
      'credential_scheme_unsupported',
      async () => headers(['Authorization', `Bearer\u00a0${await token()}`]),
    ],
    ['a letter beyond ASCII', 400, 'credential_malformed', async () => bearer(`${await token()}\u00e9`)],
    ['a key beyond ASCII', 400, 'credential_malformed', () => withKey(`${gateway.key()}\u00e9`)],
    ['a key with a space inside', 400, 'credential_malformed', () => withKey(gateway.key().replace('_', ' _'))],
    ['a NUL', 400, 'bad_request', async () => headers(['Authorization', `Bearer ${await token()}\0`])],
    ['a folded header', 400, 'bad_request', async () => headers(['Authorization', `Bearer\r\n ${await token()}`])],
    ['Basic', 401, 'credential_scheme_unsupported', () => headers(['Authorization', 'Basic dXNlcjpodXNo'])],
    ['Digest', 401, 'credential_scheme_unsupported', () => headers(['Authorization', 'Digest username="a"'])],
    ['Bearer alone', 400, 'credential_malformed', () => headers(['Authorization', 'Bearer'])],
    ['a naked token', 401, 'credential_scheme_unsupported', async () => headers(['Authorization', await token()])],
    [
      'Proxy-Authorization',
      401,
      'credential_missing',
      async () => headers(['Proxy-Authorization', `Bearer ${await token()}`]),
    ],
    ['a token in a cookie', 401, 'credential_missing', async () => headers(['Cookie', `__session=${await token()}`])],
    ['a key in a cookie', 401, 'credential_missing', () => headers(['Cookie', `X-API-Key=${gateway.key()}`])],
    [
      'a token in the query',
      400,
      'credential_in_query',
      async () => {
        const secret = await token();
        return { request: { path: `/api/me?token=${secret}` }, secret: secret.split('.')[2]! };
      },
    ],
    [
      'access_token in the query',
      400,
      'credential_in_query',
      () => ({ request: { path: '/api/me?access_token=hush-hush' }, secret: 'hush-hush' }),
    ],
    [
      'a key under any name in the query',
      400,
      'credential_in_query',
      () => {
        const secret = gateway.key();
        return { request: { path: `/api/me?x=${secret}` }, secret };
      },
    ],
    [
      'a token in the query beside a good one',
      400,
      'credential_in_query',
      async () => bearer(await token(), { path: `/api/me?jwt=${await token()}` }),
    ],
    [
      'the name of a user',
      401,
      'credential_missing',
      () => headers(['X-User-Id', randomUUID()], ['X-Clerk-User-Id', CLERK_USER]),
    ],
    [
      'an identity of a proxy',
      401,
      'credential_missing',
      () => headers(['X-Forwarded-User', 'admin'], ['X-Remote-User', 'admin']),
    ],
    [
      'an envelope of our own',
      401,
      'credential_missing',
      () =>
        headers([
          'Gatehouse-Principal',
          gateway.sign({ subject: 'user-sync.me.get', body: Buffer.from('{}'), requestId: 'r', principal: null }),
        ]),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

describe('an API key is refused:', () => {
  const changed = (change: (key: string) => string) => () => withKey(change(gateway.key()));
  const cases: Case[] = [
    [
      'that nobody made',
      401,
      'api_key_unknown',
      async () => {
        return withKey(mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill(7) }));
      },
    ],
    ['revoked', 401, 'api_key_revoked', () => withKey(gateway.key({ state: 'revoked' }))],
    ['revoked, as Bearer', 401, 'api_key_revoked', () => bearer(gateway.key({ state: 'revoked' }))],
    ['expired by its state', 401, 'api_key_expired', () => withKey(gateway.key({ state: 'expired' }))],
    ['expired by the clock', 401, 'api_key_expired', () => withKey(gateway.key({ expiresAt: Date.now() - 1 }))],
    [
      'rotated, its grace over',
      401,
      'api_key_expired',
      () => withKey(gateway.key({ state: 'rotated', expiresAt: Date.now() - 1 })),
    ],
    [
      'with one character changed',
      401,
      'api_key_checksum_invalid',
      changed((key) => key.replace(/.(?=_\w{6}$)/, (last) => (last === 'a' ? 'b' : 'a'))),
    ],
    ['with another checksum', 401, 'api_key_checksum_invalid', changed((key) => `${key.slice(0, -6)}000000`)],
    ['of another environment', 401, 'api_key_checksum_invalid', changed((key) => key.replace('prod', 'dev'))],
    ['without checksum', 401, 'api_key_malformed', changed((key) => key.slice(0, -7))],
    ['in capitals', 401, 'credential_unknown', changed((key) => key.toUpperCase())],
    ['with more behind it', 401, 'api_key_malformed', changed((key) => `${key}x`)],
    ['of no environment', 401, 'api_key_malformed', changed((key) => key.replace('prod', 'qa'))],
    ["Clerk's test secret", 401, 'credential_is_clerk_secret', () => withKey('sk_test_51H8aBcDeFgHiJ')],
    ["Clerk's live secret, as Bearer", 401, 'credential_is_clerk_secret', () => bearer('sk_live_51H8aBcDeFgHiJ')],
    ["Clerk's machine token", 401, 'token_malformed', () => bearer('ak_51H8aBcDeFgHiJ')],
    ['SQL', 401, 'api_key_malformed', () => withKey("sk_prod_'OR'1'='1")],
    ['of 10 000 characters', 401, 'api_key_malformed', () => withKey(`sk_prod_${'a'.repeat(10_000)}`)],
    ['of a user who is shut out', 403, 'account_inactive', () => withKey(gateway.key({ isActive: false }))],
    ['whose scopes do not reach', 403, 'scope_insufficient', () => withKey(gateway.key({ scopes: ['tokens:read'] }))],
    [
      'that may read and wants to write',
      403,
      'scope_insufficient',
      () => withKey(gateway.key({ scopes: ['profile:read'] }), json({ city: 'Pune' }, { method: 'PATCH' })),
    ],
    [
      'whose scope only begins alike',
      403,
      'scope_insufficient',
      () => withKey(gateway.key({ scopes: ['pro:read', 'profile:re'] })),
    ],
    ['without any scope', 403, 'scope_insufficient', () => withKey(gateway.key({ scopes: [] }))],
    [
      'of a user on a route of admins, whatever its scopes',
      403,
      'role_insufficient',
      () => withKey(gateway.key(), { path: '/admin/users' }),
    ],
    [
      'of an admin without the scope',
      403,
      'scope_insufficient',
      () => withKey(gateway.key({ role: 'admin', scopes: ['profile:*'] }), { path: '/admin/users' }),
    ],
    [
      'that would make another',
      403,
      'session_needed',
      () => withKey(gateway.key(), json({ name: 'x', scopes: ['*:*'] }, { method: 'POST', path: '/api/keys' })),
    ],
    [
      'that would rotate itself',
      403,
      'session_needed',
      () => withKey(gateway.key(), json({}, { method: 'POST', path: `/api/keys/${randomUUID()}/rotate` })),
    ],
    [
      'that would be exchanged for a session',
      401,
      'credential_unknown',
      () => withKey(gateway.key(), json({}, { method: 'POST', path: '/auth/verify-clerk-token' })),
    ],
    [
      'that would make a user',
      401,
      'credential_unknown',
      () => withKey(gateway.key(), { method: 'POST', path: '/api/clerk/syncUsers' }),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));

  it('beyond its own rate', async () => {
    const key = gateway.key({ rateLimit: 1 });
    expect((await strike(withKey(key))).status).toBe(200);
    gateway.reached.length = 0;
    const { headers } = await expectRefused(429, 'rate_limited', withKey(key));
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers.ratelimit).toContain('"api-key";r=0');
  });

  it('after twenty guesses of its address, before any lookup', async () => {
    const guess = () =>
      sendRaw(gateway.url, {
        headers: [
          ['X-Forwarded-For', '198.51.100.7'],
          ['X-API-Key', mintApiKey({ environment: 'prod', random: randomBytes(32) })],
        ],
      });
    const statuses = [];
    for (let count = 0; count < 25; count++) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
  });
});

describe('of a flood of guesses that come at once', () => {
  it('few are looked up, and known keys of the same address are let in all the same', async () => {
    const from = ['X-Forwarded-For', '198.51.100.8'] as const;
    const known = Array.from({ length: 60 }, () => gateway.key());
    const good = await Promise.all(known.map((key) => sendRaw(gateway.url, { headers: [from, ['X-API-Key', key]] })));
    expect(good.map(({ status }) => status)).toEqual(known.map(() => 200));
    const before = gateway.lookedUp();
    const release = gateway.holdLookups();
    const guesses = Array.from({ length: 300 }, () => mintApiKey({ environment: 'prod', random: randomBytes(32) }));
    const flood = Promise.all(guesses.map((key) => sendRaw(gateway.url, { headers: [from, ['X-API-Key', key]] })));
    const connections = promisify((done: (error: Error | null, count: number) => void) =>
      gateway.app.getHttpServer().getConnections(done),
    );
    await eventually(async () => (await connections()) >= 300 && gateway.lookedUp() - before >= 20);
    release();
    const answers = await flood;
    expect(gateway.lookedUp() - before).toBeLessThan(60);
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 429]));
  });
});

describe('a token of our own is refused:', () => {
  const legacy = (changes: Parameters<AttackedGateway['legacy']>[0]) => () => bearer(gateway.legacy(changes));
  const cases: Case[] = [
    [
      'under another secret',
      401,
      'token_signature_invalid',
      legacy({ secret: 'another-secret-of-more-than-32-bytes' }),
    ],
    ['under another hash', 401, 'token_signature_invalid', legacy({ hash: 'sha512' })],
    ['of alg none', 401, 'token_alg_unsupported', legacy({ header: { alg: 'none' } })],
    ['of alg HS384', 401, 'token_alg_unsupported', legacy({ header: { alg: 'HS384' }, hash: 'sha384' })],
    ['of alg HS512', 401, 'token_alg_unsupported', legacy({ header: { alg: 'HS512' }, hash: 'sha512' })],
    ["in Clerk's name", 401, 'token_alg_unsupported', legacy({ claims: { iss: ISSUER } })],
    ['in a name of nobody', 401, 'token_issuer_unknown', legacy({ claims: { iss: 'gatehouse' } })],
    ['of another type', 401, 'token_type_unsupported', legacy({ header: { typ: 'at+jwt' } })],
    ['with crit', 401, 'token_crit_unsupported', legacy({ header: { crit: ['exp'] } })],
    ['for another service', 401, 'token_audience_invalid', legacy({ claims: { aud: 'other' } })],
    ['for several services', 401, 'token_audience_invalid', legacy({ claims: { aud: ['gatehouse', 'other'] } })],
    ['without audience', 401, 'token_audience_invalid', legacy({ claims: { aud: undefined } })],
    ['expired', 401, 'token_expired', () => legacy({ claims: { exp: now() - 6 } })()],
    ['without exp', 401, 'token_claim_invalid', legacy({ claims: { exp: undefined } })],
    ['with a text for exp', 401, 'token_claim_invalid', legacy({ claims: { exp: '9999999999' } })],
    ['not valid yet', 401, 'token_not_yet_valid', () => legacy({ claims: { nbf: now() + 60 } })()],
    ['without jti', 401, 'token_id_missing', legacy({ claims: { jti: undefined } })],
    ['of a Clerk user', 401, 'token_subject_invalid', legacy({ claims: { sub: CLERK_USER } })],
    ['of nobody', 401, 'token_subject_invalid', legacy({ claims: { sub: undefined } })],
    ['of an odd parent session', 401, 'token_claim_invalid', legacy({ claims: { sid: 'sess_*' } })],
    ['of a session that was closed', 401, 'token_revoked', legacy({ session: { closed: true } })],
    ['of a session that nobody opened', 401, 'token_revoked', legacy({ session: { unknown: true } })],
    ["of somebody else's session", 401, 'token_revoked', legacy({ claims: { sub: randomUUID() } })],
    ['of a user who is shut out', 403, 'account_inactive', legacy({ session: { holder: { isActive: false } } })],
    [
      'on a route of admins',
      403,
      'role_insufficient',
      () => bearer(gateway.legacy({ claims: { role: 'admin' } }), { path: '/admin/users' }),
    ],
    [
      'that would be exchanged again',
      401,
      'token_issuer_unknown',
      () => bearer(gateway.legacy(), json({}, { method: 'POST', path: '/auth/verify-clerk-token' })),
    ],
    [
      'that would make a user',
      401,
      'token_issuer_unknown',
      () => bearer(gateway.legacy(), { method: 'POST', path: '/api/clerk/syncUsers' }),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

describe('a role or an identity that is claimed is not believed:', () => {
  const asAda = async (request: RawRequest) => bearer(await mint(gateway.pair, CLERK_USER), request);
  const patch = (body: unknown) => () => asAda(json(body, { method: 'PATCH' }));
  const exchange =
    (body: unknown, user = CLERK_USER) =>
    async () =>
      bearer(
        await mint(gateway.pair, user, { claims: { jti: randomUUID() } }),
        json(body, { method: 'POST', path: '/auth/verify-clerk-token' }),
      );
  const cases: Case[] = [
    [
      'role in the token',
      403,
      'role_insufficient',
      async () => bearer(await mint(gateway.pair, CLERK_USER, { claims: { role: 'admin' } }), { path: '/admin/users' }),
    ],
    [
      'role in metadata',
      403,
      'role_insufficient',
      async () =>
        bearer(await mint(gateway.pair, CLERK_USER, { claims: { metadata: { role: 'admin' } } }), {
          path: '/admin/users',
        }),
    ],
    [
      'role in unsafe_metadata',
      403,
      'role_insufficient',
      async () =>
        bearer(await mint(gateway.pair, CLERK_USER, { claims: { unsafe_metadata: { role: 'admin' } } }), {
          path: '/admin/audit',
        }),
    ],
    [
      'role in a header',
      403,
      'role_insufficient',
      () =>
        asAda({
          path: '/admin/users',
          headers: [
            ['X-Role', 'admin'],
            ['X-User-Role', 'admin'],
          ],
        }),
    ],
    [
      'another method by header',
      403,
      'role_insufficient',
      () => asAda({ path: '/admin/users', headers: [['X-HTTP-Method-Override', 'DELETE']] }),
    ],
    ['id in the body', 400, 'invalid_request', patch({ id: randomUUID() })],
    ['role in the body', 400, 'invalid_request', patch({ role: 'admin' })],
    ['Clerk id in the body', 400, 'invalid_request', patch({ clerkUserId: 'user_admin' })],
    ['tier in the body', 400, 'invalid_request', patch({ subscription: 'enterprise' })],
    ['activity in the body', 400, 'invalid_request', patch({ isActive: true })],
    ['a prototype in the body', 400, 'invalid_request', patch('{"__proto__":{"role":"admin"}}')],
    ['a constructor in the body', 400, 'invalid_request', patch('{"constructor":{"prototype":{"role":"admin"}}}')],
    ["somebody's phone number at the exchange", 403, 'identity_mismatch', exchange({ phoneNumber: '+12015550199' })],
    ["somebody's Clerk id at the exchange", 403, 'identity_mismatch', exchange({ clerkUserId: 'user_admin' })],
    ['a role at the exchange', 400, 'invalid_request', exchange({ role: 'admin' })],
    ['a phone that is not verified', 403, 'phone_unverified', exchange({}, 'user_nophone')],
    ['a session that is over', 401, 'session_ended', exchange({}, 'user_signedout')],
    [
      'an exchange without a token',
      401,
      'credential_missing',
      () => ({ request: json({ clerkUserId: CLERK_USER }, { method: 'POST', path: '/auth/verify-clerk-token' }) }),
    ],
    [
      "somebody else's key, revoked",
      404,
      'not_found',
      () => asAda({ method: 'DELETE', path: `/api/keys/${randomUUID()}` }),
    ],
    [
      "somebody else's key, rotated",
      404,
      'not_found',
      () => asAda(json({}, { method: 'POST', path: `/api/keys/${randomUUID()}/rotate` })),
    ],
    ["somebody else's keys, listed", 400, 'invalid_request', () => asAda({ path: `/api/keys?userId=${randomUUID()}` })],
    ["everybody's keys, listed", 400, 'invalid_request', () => asAda({ path: '/api/keys?all=true' })],
    ['a user shown to a user', 403, 'role_insufficient', () => asAda({ path: `/admin/users/${randomUUID()}` })],
    [
      'a role given by a user',
      403,
      'role_insufficient',
      () => asAda(json({ role: 'admin' }, { method: 'PUT', path: `/admin/users/${randomUUID()}/role` })),
    ],
    [
      'a tier given by a user',
      403,
      'role_insufficient',
      () => asAda(json({ tier: 'pro' }, { method: 'PUT', path: `/admin/users/${randomUUID()}/tier` })),
    ],
    [
      'a user made by a user',
      403,
      'role_insufficient',
      () => asAda(json({ email: 'a@b.example' }, { method: 'POST', path: '/admin/users' })),
    ],
    [
      'a user shut out by a user',
      403,
      'role_insufficient',
      () => asAda({ method: 'POST', path: `/admin/users/${randomUUID()}/deactivate` }),
    ],
    ['keys of all, listed by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/keys' })],
    ['the audit log, read by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/audit' })],
    ['the explanation, read by a user', 403, 'role_insufficient', () => asAda({ path: '/auth/explain' })],
    ['webhook events, read by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/webhook-events' })],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));

  it('a token exchanged twice is refused the second time', async () => {
    const attack = await exchange({ name: 'Ada' })();
    const first = await strike(attack);
    expect([first.status, first.body.isNewUser]).toEqual([200, true]);
    await expectRefused(401, 'token_used', attack);
  });

  it('whatever headers say, the services are asked in the name of the credential', async () => {
    const attack = await asAda({
      headers: [
        ['X-User-Id', randomUUID()],
        ['X-Principal', '{"role":"admin"}'],
      ],
    });
    const { body } = await strike(attack);
    expect(gateway.reached).toEqual([{ subject: 'me', userId: body.id }]);
  });
});

describe('a login tells nothing:', () => {
  const login = (body: unknown): RawRequest => json(body, { method: 'POST', path: '/auth/login' });
  const cases: Case[] = [
    [
      'a wrong password',
      401,
      'invalid_credentials',
      () => ({ request: login({ email: 'ada@example.com', password: 'hunter2-hunter2' }), secret: 'hunter2-hunter2' }),
    ],
    [
      'a list for a password',
      400,
      'invalid_request',
      () => ({
        request: login({ email: 'ada@example.com', password: ['hunter2-hunter2'] }),
        secret: 'hunter2-hunter2',
      }),
    ],
    [
      'an operator for a password',
      400,
      'invalid_request',
      () => ({ request: login({ email: 'ada@example.com', password: { $ne: null } }) }),
    ],
    [
      'a password of a million characters',
      413,
      'body_too_large',
      () => ({ request: login({ email: 'a@b.example', password: 'a'.repeat(100_000) }) }),
    ],
    [
      'a form',
      415,
      'media_type_unsupported',
      () => ({
        request: {
          method: 'POST',
          path: '/auth/login',
          body: 'email=a&password=hunter2-hunter2',
          headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        },
        secret: 'hunter2-hunter2',
      }),
    ],
    [
      'more than is asked for',
      400,
      'invalid_request',
      () => ({ request: login({ email: 'a@b.example', password: 'x', role: 'admin' }) }),
    ],
    [
      'a guessed one-time token',
      400,
      'token_invalid',
      () => ({
        request: json(
          { token: 'guess-guess', password: 'long enough a password' },
          { method: 'POST', path: '/auth/password' },
        ),
        secret: 'guess-guess',
      }),
    ],
    [
      'a short password',
      400,
      'invalid_request',
      () => ({
        request: json({ token: 'guess-guess', password: 'short' }, { method: 'POST', path: '/auth/password' }),
      }),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));

  it('the sixth try for one account from one address, even with another spelling', async () => {
    const tries = [
      'eve@example.com',
      'Eve@example.com',
      'eve@EXAMPLE.com',
      ' eve@example.com',
      'EVE@example.com',
      'eve@example.com',
    ];
    const codes = [];
    for (const email of tries) {
      const request = login({ email, password: 'wrong' });
      const headers = [['X-Forwarded-For', '198.51.100.9'] as const, ...(request.headers ?? [])];
      codes.push((await sendRaw(gateway.url, { ...request, headers })).body.code);
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'invalid_credentials'), 'rate_limited']);
  });
});

describe('a redirect leads nowhere else:', () => {
  const HOME = `${PUBLIC_URL}/`;
  const targets: [string, string, string][] = [
    ['another host', 'https://evil.example/', HOME],
    ['a host without scheme', '//evil.example/', HOME],
    ['three slashes', '///evil.example/', HOME],
    ['backslashes', '\\\\evil.example/', HOME],
    ['a slash and a backslash', '/\\evil.example/', HOME],
    ['a scheme without slashes', 'https:evil.example', `${PUBLIC_URL}/evil.example`],
    ['plain HTTP of our host', 'http://api.example.com/', HOME],
    ['another port', 'https://api.example.com:8443/', HOME],
    ['our host as user', 'https://api.example.com@evil.example/', HOME],
    ['credentials before our host', 'https://user:pass@api.example.com/', HOME],
    ['our host as prefix', 'https://api.example.com.evil.example/', HOME],
    ['our host as suffix', 'https://evil-api.example.com/', HOME],
    ['javascript', 'javascript:alert(1)', HOME],
    ['data', 'data:text/html,hush', HOME],
    ['a tab', '/\t/evil.example/', HOME],
    ['a line break', 'https://api.example.com/\r\nSet-Cookie: a=b', HOME],
    ['a blank before', ' https://evil.example/', HOME],
    ['a letter that looks like a slash', '/\uff0fevil.example/', HOME],
    ['itself', '/api/clerk/syncUsers', HOME],
    ['itself, whole', `${PUBLIC_URL}/api/clerk/syncUsers?redirect_url=/`, HOME],
    ['itself, in other letters', '/API/clerk/syncusers/', HOME],
    ['itself, escaped', '/api/clerk/sync%55sers', HOME],
    ['itself, roundabout', '/x/../api/clerk/syncUsers', HOME],
    ['nothing', '', HOME],
    ['a path of ours', '/welcome?a=b#c', `${PUBLIC_URL}/welcome?a=b#c`],
    ['a listed origin', 'https://shop.example.com/cart', 'https://shop.example.com/cart'],
  ];
  it.each(targets)('%s', async (_, target, expected) => {
    const path = `/api/clerk/syncUsers?redirect_url=${encodeURIComponent(target)}`;
    const token = await mint(gateway.pair, CLERK_USER);
    const answer = await strike({
      request: { path, headers: [['Cookie', `__session=${token}`]] },
      secret: token.split('.')[2]!,
    });
    expect([answer.status, answer.headers.location]).toEqual([302, expected]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('by Referer', async () => {
    const token = await mint(gateway.pair, CLERK_USER);
    const go = async (referer: string) =>
      (
        await strike({
          request: {
            path: '/api/clerk/syncUsers',
            headers: [
              ['Cookie', `a=b; __session=${token}`],
              ['Referer', referer],
            ],
          },
        })
      ).headers.location;
    expect(await go('https://evil.example/')).toBe(HOME);
    expect(await go(`${PUBLIC_URL}/from`)).toBe(`${PUBLIC_URL}/from`);
  });

  it.each([
    ['without a cookie', () => []],
    ['with a forged cookie', () => [['Cookie', '__session=eyJhbGciOiJub25lIn0.e30.'] as const]],
    ['with one of our own tokens as cookie', () => [['Cookie', `__session=${gateway.legacy()}`] as const]],
  ])('%s the browser is sent to sign in, and back here, and to no other place', async (_, headers) => {
    const { status, headers: answer } = await strike({
      request: { path: '/api/clerk/syncUsers?redirect_url=https://evil.example/', headers: headers() },
    });
    expect(status).toBe(302);
    const signIn = new URL(answer.location!);
    expect(signIn.origin + signIn.pathname).toBe('https://accounts.example.com/sign-in');
    const back = new URL(signIn.searchParams.get('redirect_url')!);
    expect(back.origin + back.pathname).toBe(`${PUBLIC_URL}/api/clerk/syncUsers`);
    expect(back.searchParams.get('redirect_url')).toBe(HOME);
  });

  it('with two cookies of the same name', async () => {
    const token = await mint(gateway.pair, CLERK_USER);
    const request = { path: '/api/clerk/syncUsers', headers: [['Cookie', `__session=${token}; __session=x`] as const] };
    await expectRefused(400, 'credential_repeated', { request });
  });

  it('a cookie does not do for POST', async () => {
    const token = await mint(gateway.pair, CLERK_USER);
    const request = {
      method: 'POST',
      path: '/api/clerk/syncUsers',
      headers: [['Cookie', `__session=${token}`] as const],
    };
    await expectRefused(401, 'credential_missing', { request });
  });
});

describe('a page of another origin is told nothing:', () => {
  it.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://APP.example.com',
    '*',
  ])('%s', async (origin) => {
    const headers = [
      ['Origin', origin] as const,
      ['Authorization', `Bearer ${await mint(gateway.pair, CLERK_USER)}`] as const,
    ];
    const answer = await strike({ request: { headers } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers.vary).toBe('Origin');
  });

  it('a listed one may not send API keys', async () => {
    const headers = [
      ['Origin', ORIGIN] as const,
      ['Access-Control-Request-Method', 'GET'] as const,
      ['Access-Control-Request-Headers', 'x-api-key'] as const,
    ];
    const answer = await strike({ request: { method: 'OPTIONS', headers } });
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers['access-control-allow-headers']).not.toMatch(/api-key/i);
  });
});

describe('a path or a message that would slip past is refused:', () => {
  const admin = (path: string): Attack => ({ request: { path } });
  const cases: Case[] = [
    ['dots in the path', 404, 'not_found', () => admin('/api/../admin/users')],
    ['two slashes', 404, 'not_found', () => admin('//admin/users')],
    ['capitals', 404, 'not_found', () => admin('/ADMIN/users')],
    ['a slash at the end', 404, 'not_found', () => admin('/admin/users/')],
    ['an escaped slash', 404, 'not_found', () => admin('/admin%2fusers')],
    ['a semicolon', 404, 'not_found', () => admin('/admin/users;x')],
    ['a NUL', 404, 'not_found', () => admin('/admin/users%00')],
    ['a broken escape', 400, 'bad_request', () => admin('/admin/%zz')],
    ['TRACE', 405, 'method_not_allowed', () => ({ request: { method: 'TRACE' } })],
    [
      'two lengths',
      400,
      'bad_request',
      () => ({
        request: {
          method: 'PATCH',
          headers: [
            ['Content-Length', '1'],
            ['Content-Length', '2'],
          ],
        },
      }),
    ],
    [
      'a length and chunks',
      400,
      'bad_request',
      () => ({
        request: {
          method: 'PATCH',
          headers: [
            ['Content-Length', '1'],
            ['Transfer-Encoding', 'chunked'],
          ],
        },
      }),
    ],
    [
      'chunks in disguise',
      415,
      'media_type_unsupported',
      () => ({ request: { method: 'PATCH', headers: [['Transfer-Encoding', 'xchunked']] } }),
    ],
    [
      'an id that is none',
      400,
      'invalid_request',
      async () => bearer(await mint(gateway.pair, CLERK_USER), { method: 'DELETE', path: '/api/keys/1%20OR%201=1' }),
    ],
  ];
  it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
});

/** The letter whose unused low bits differ from the last one's, so that both decode to the same bytes. */
function nextLetter(signature: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters[(letters.indexOf(signature.at(-1)!) ^ 1) % 64]!;
}
