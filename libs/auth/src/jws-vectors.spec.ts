import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  privateEncrypt,
  sign,
} from 'node:crypto';
import { ISSUER, PARTY, claimsV2, signingPair } from '../fixtures/clerk-tokens';
import { type Der, derFaults, derOf } from '../fixtures/der-faults';
import { classifyJwt } from './classify';
import { ClerkSessionVerifier } from './clerk-session';
import { CredentialRefusedError, KeySetInvalidError, SecretInvalidError } from './errors';
import { isHs256, isRs256 } from './jws-signature';
import { decodeJwt } from './jwt';
import { JwksCache } from './jwks-cache';
import { pinnedKey } from './key-source';
import { readKeySet } from './key-set';
import { LegacyJwtVerifier, legacySecrets } from './legacy-jwt';
import { rsaKeyFromJwk } from './rsa-key';

const NOW = Date.UTC(2026, 8, 21, 12);

async function faultOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof CredentialRefusedError) return error.code;
    throw error;
  }
}

const parts = (token: string) => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { signed: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') };
};

// RFC 7515, appendix A
const RFC7515_PAYLOAD =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const RFC7515_A1_KEY = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
const RFC7515_A1 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${RFC7515_PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const RFC7515_A2_N =
  'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ';
const RFC7515_A2 = `eyJhbGciOiJSUzI1NiJ9.${RFC7515_PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`;
const RFC7515_A3 = `eyJhbGciOiJFUzI1NiJ9.${RFC7515_PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;
const RFC7515_A5 = `eyJhbGciOiJub25lIn0.${RFC7515_PAYLOAD}.`;

// RFC 7520, sections 3.3, 3.5, 4.1 and 4.4
const RFC7520_PAYLOAD =
  'SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4';
const RFC7520_N =
  'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw';
const RFC7520_RS256 = `eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.${RFC7520_PAYLOAD}.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg`;
const RFC7520_HS256_KEY = 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg';
const RFC7520_HS256 = `eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.${RFC7520_PAYLOAD}.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0`;

describe('the vectors of RFC 7515 and RFC 7520', () => {
  const secret = (text: string) => createSecretKey(Buffer.from(text, 'base64url'));
  const rsa = (n: string) => rsaKeyFromJwk({ n, e: 'AQAB' });

  it('A.1, HS256: accepts the signature and rejects a changed one', () => {
    const { signed, signature } = parts(RFC7515_A1);
    expect(isHs256(signed, signature, secret(RFC7515_A1_KEY))).toBe(true);
    signature[0]! ^= 1;
    expect(isHs256(signed, signature, secret(RFC7515_A1_KEY))).toBe(false);
  });

  it('A.1 in the verifier: accepts the signature and rejects the missing claims', async () => {
    const rules = { issuer: 'joe', audience: 'gatehouse', secrets: [secret(RFC7515_A1_KEY)] };
    const verifier = new LegacyJwtVerifier(rules, () => 1_300_819_000_000);
    expect(await faultOf(() => verifier.verify(decodeJwt(RFC7515_A1)))).toBe('token_audience_invalid');
    const other = new LegacyJwtVerifier({ ...rules, secrets: [secret(RFC7520_HS256_KEY)] }, () => NOW);
    expect(await faultOf(() => other.verify(decodeJwt(RFC7515_A1)))).toBe('token_signature_invalid');
  });

  it('A.2, RS256: accepts the signature and rejects a changed one and another key', () => {
    const { signed, signature } = parts(RFC7515_A2);
    expect(isRs256(signed, signature, rsa(RFC7515_A2_N))).toBe(true);
    expect(isRs256(signed, signature, rsa(RFC7520_N))).toBe(false);
    signature[255]! ^= 1;
    expect(isRs256(signed, signature, rsa(RFC7515_A2_N))).toBe(false);
  });

  it('A.2 in the verifier: accepts the signature and rejects the missing claims', async () => {
    const pem = rsa(RFC7515_A2_N).export({ type: 'spki', format: 'pem' }).toString();
    const rules = { issuer: 'joe', authorizedParties: [], allowImpersonation: false };
    const verifier = new ClerkSessionVerifier(rules, pinnedKey(pem), () => 1_300_819_000_000);
    expect(await faultOf(() => verifier.verify(decodeJwt(RFC7515_A2)))).toBe('token_type_unsupported');
  });

  it.each([
    ['A.3, ES256', RFC7515_A3],
    ['A.5, none', RFC7515_A5],
  ])('%s: rejects the algorithm', async (_, token) => {
    expect(await faultOf(() => classifyJwt(decodeJwt(token), { clerk: 'joe', own: 'joe' }))).toBe(
      'token_alg_unsupported',
    );
  });

  it('A.4 of RFC 7515, and 4.1 and 4.4 of RFC 7520: rejects payloads that are not JSON', async () => {
    for (const token of ['eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwM', RFC7520_RS256, RFC7520_HS256]) {
      expect(await faultOf(() => decodeJwt(token))).toBe('token_malformed');
    }
    const rs = parts(RFC7520_RS256);
    expect(isRs256(rs.signed, rs.signature, rsa(RFC7520_N))).toBe(true);
    const hs = parts(RFC7520_HS256);
    expect(isHs256(hs.signed, hs.signature, secret(RFC7520_HS256_KEY))).toBe(true);
  });
});

// The fault classes of Wycheproof's JSON Web Signature tests, applied to claims that would be accepted. Wycheproof's own
// payloads are not JSON, so a JWT verifier would reject all of them for that alone.
const pair = signingPair('ins_1');
const SECRET = 'a-secret-of-the-tests-that-is-long-enough';
const OWN = 'https://api.example.com';
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const clerkHeader = { alg: 'RS256', cat: 'cl_B7d4PD111AAA', kid: 'ins_1', typ: 'JWT' };
const ownHeader = { alg: 'HS256', typ: 'JWT' };
const ownClaims = {
  iss: OWN,
  aud: 'gatehouse',
  sub: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  jti: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c12',
  iat: NOW / 1_000,
  exp: NOW / 1_000 + 60,
};
const kinds = {
  RS256: {
    input: `${encode(clerkHeader)}.${encode(claimsV2(NOW))}`,
    sign: (input: string) => sign('RSA-SHA256', Buffer.from(input), pair.privateKey),
    header: clerkHeader,
    claims: claimsV2(NOW),
  },
  HS256: {
    input: `${encode(ownHeader)}.${encode(ownClaims)}`,
    sign: (input: string) => createHmac('sha256', SECRET).update(input).digest(),
    header: ownHeader,
    claims: ownClaims,
  },
};
type Kind = keyof typeof kinds;
const issuers = { clerk: ISSUER, own: OWN };
const clerk = new ClerkSessionVerifier(
  { issuer: ISSUER, authorizedParties: [PARTY], allowImpersonation: false },
  pinnedKey(pair.publicPem),
  () => NOW,
);
const legacy = new LegacyJwtVerifier(
  { issuer: OWN, audience: 'gatehouse', secrets: legacySecrets([SECRET]) },
  () => NOW,
);

function resultOf(token: string): Promise<string> {
  return faultOf(async () => {
    const { verifier, jwt } = classifyJwt(decodeJwt(token), issuers);
    return verifier === 'clerk_session' ? clerk.verify(jwt) : legacy.verify(jwt);
  });
}

const compact = (kind: Kind, input = kinds[kind].input) => `${input}.${kinds[kind].sign(input).toString('base64url')}`;
const touch = (token: string, at: 0 | 1 | 2, change: (part: string) => string) =>
  token
    .split('.')
    .map((part, index) => (index === at ? change(part) : part))
    .join('.');
const resigned = (kind: Kind, change: (header: string, payload: string) => string) => {
  const [header = '', payload = ''] = kinds[kind].input.split('.');
  return compact(kind, change(header, payload));
};

const faults: [string, (kind: Kind) => string][] = [
  [
    'modified signature',
    (kind) => touch(compact(kind), 2, (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)),
  ],
  ['missing signature', (kind) => touch(compact(kind), 2, () => '')],
  ['missing signature and separator', (kind) => kinds[kind].input],
  ['modified payload', (kind) => touch(compact(kind), 1, () => encode({ ...kinds[kind].claims, extra: 1 }))],
  ['missing payload', (kind) => touch(compact(kind), 1, () => '')],
  ['missing payload and separator', (kind) => compact(kind).replace(/\.[^.]+\./, '.')],
  ['modified header', (kind) => touch(compact(kind), 0, () => encode({ ...kinds[kind].header, extra: 1 }))],
  ['missing header', (kind) => touch(compact(kind), 0, () => '')],
  ['missing header and separator', (kind) => compact(kind).replace(/^[^.]+\./, '')],
  ['missing header and signature', (kind) => `.${kinds[kind].input.split('.')[1]}.`],
  ['missing header, signature and separators', (kind) => kinds[kind].input.split('.')[1] ?? ''],
  ['empty string', () => ''],
  ['extra empty component', (kind) => `${compact(kind)}.`],
  ['extra component', (kind) => `${compact(kind)}.foo`],
  [
    'none and missing signature',
    (kind) => `${encode({ ...kinds[kind].header, alg: 'none' })}.${encode(kinds[kind].claims)}.`,
  ],
  [
    'JSON serialization',
    (kind) => JSON.stringify({ protected: kinds[kind].input.split('.')[0], payload: kinds[kind].input.split('.')[1] }),
  ],
  ['spaces before the signature', (kind) => touch(compact(kind), 2, (text) => `    ${text}`)],
  ['spaces after the signature', (kind) => touch(compact(kind), 2, (text) => `${text}  `)],
  [
    'a line break in the signature',
    (kind) => touch(compact(kind), 2, (text) => `${text.slice(0, 9)}\n${text.slice(9)}`),
  ],
  ['an invalid character before the signature', (kind) => touch(compact(kind), 2, (text) => `?${text}`)],
  ['an invalid character after the signature', (kind) => touch(compact(kind), 2, (text) => `${text}?`)],
  [
    'an invalid character inside the signature',
    (kind) => touch(compact(kind), 2, (text) => `${text.slice(0, 9)}?${text.slice(9)}`),
  ],
  ['invalid characters instead', (kind) => touch(compact(kind), 2, (text) => `????${text.slice(4)}`)],
  [
    'standard base64 in the signature',
    (kind) => touch(compact(kind), 2, (text) => Buffer.from(text, 'base64url').toString('base64')),
  ],
  [
    'padding of the signature',
    (kind) => touch(compact(kind), 2, (text) => `${text}${'='.repeat((4 - (text.length % 4)) % 4 || 4)}`),
  ],
  ['unused bits of the signature', (kind) => touch(compact(kind), 2, unusedBits)],
  [
    'a byte more in the signature',
    (kind) =>
      touch(compact(kind), 2, (text) =>
        Buffer.concat([Buffer.from(text, 'base64url'), Buffer.alloc(1)]).toString('base64url'),
      ),
  ],
  [
    'a byte less in the signature',
    (kind) => touch(compact(kind), 2, (text) => Buffer.from(text, 'base64url').subarray(0, -1).toString('base64url')),
  ],
  [
    'a tag that is cut to half',
    (kind) => touch(compact(kind), 2, (text) => Buffer.from(text, 'base64url').subarray(0, 16).toString('base64url')),
  ],
  ['spaces in the header, signed', (kind) => resigned(kind, (header, payload) => `${header}    .${payload}`)],
  [
    'invalid characters in the header, signed',
    (kind) => resigned(kind, (header, payload) => `${header}####.${payload}`),
  ],
  ['padding of the header, signed', (kind) => resigned(kind, (header, payload) => `${header}=.${payload}`)],
  ['spaces in the payload, signed', (kind) => resigned(kind, (header, payload) => `${header}.    ${payload}`)],
  [
    'invalid characters in the payload, signed',
    (kind) => resigned(kind, (header, payload) => `${header}.####${payload}`),
  ],
  [
    'an invalid character in the payload, signed',
    (kind) => resigned(kind, (header, payload) => `${header}.?${payload}`),
  ],
  ['padding of the payload, signed', (kind) => resigned(kind, (header, payload) => `${header}.${payload}==`)],
  [
    'unused bits of the payload, signed',
    (kind) =>
      resigned(
        kind,
        (header) => `${header}.${unusedBits(encode(`${JSON.stringify(kinds[kind].claims)} `.padEnd(361)))}`,
      ),
  ],
  [
    'unused bits of the payload, unsigned',
    (kind) =>
      touch(
        resigned(kind, (header) => `${header}.${encode(`${JSON.stringify(kinds[kind].claims)} `.padEnd(361))}`),
        1,
        unusedBits,
      ),
  ],
  [
    'an invalid character in the header, unsigned',
    (kind) => touch(compact(kind), 0, (text) => `${text.slice(0, 5)}?${text.slice(5)}`),
  ],
  [
    'an invalid character in the payload, unsigned',
    (kind) => touch(compact(kind), 1, (text) => `${text.slice(0, 5)}?${text.slice(5)}`),
  ],
];

describe("the fault classes of Wycheproof's JSON Web Signature tests", () => {
  it('accepts tokens without a fault, also with white space in their JSON', async () => {
    for (const kind of ['RS256', 'HS256'] as const) {
      expect(await resultOf(compact(kind))).toBe('accepted');
      const spaced = (value: unknown) => encode(JSON.stringify(value, null, '\t ').replaceAll('\n', '\r\n'));
      const input = `${spaced(kinds[kind].header)}.${spaced(kinds[kind].claims)}`;
      expect(await resultOf(compact(kind, input))).toBe('accepted');
    }
  });

  it.each([0x00, 0xff])('accepts a tag that begins with two bytes %i', async (byte) => {
    for (let serial = 0; ; serial++) {
      const input = `${encode(ownHeader)}.${encode({ ...ownClaims, serial })}`;
      const tag = kinds.HS256.sign(input);
      if (tag[0] !== byte || tag[1] !== byte) continue;
      expect(await resultOf(compact('HS256', input))).toBe('accepted');
      return;
    }
  });

  it.each(faults.flatMap(([name, make]) => [['RS256', name, make] as const, ['HS256', name, make] as const]))(
    'rejects %s with the fault: %s',
    async (kind, _, make) => {
      expect(await resultOf(make(kind))).toMatch(
        /^token_(malformed|signature_invalid|alg_unsupported|issuer_unknown)$/,
      );
    },
  );

  const digestInfo = (hash: string, digest: Buffer) => Buffer.concat([Buffer.from(hash, 'hex'), digest]);
  const SHA256 = '3031300d060960864801650304020105000420';
  const digest = createHash('sha256').update(kinds.RS256.input).digest();
  const padded = (block: Buffer, { type = 1, filler = 0xff, separator = 0 } = {}) =>
    Buffer.concat([Buffer.from([0, type]), Buffer.alloc(253 - block.length, filler), Buffer.from([separator]), block]);
  const good = digestInfo(SHA256, digest);
  const paddings: [string, Buffer][] = [
    ['block type 0', padded(good, { type: 0, filler: 0 })],
    ['block type 2', padded(good, { type: 2, filler: 7 })],
    ['filler other than ff', padded(good, { filler: 0xfe })],
    ['a filler byte changed', Buffer.from(padded(good).map((byte, at) => (at === 100 ? 0 : byte)))],
    ['separator not zero', padded(good, { separator: 1 })],
    ['no digest info', padded(digest)],
    ['digest info without parameters', padded(digestInfo('302f300b0609608648016503040201' + '0420', digest))],
    ['the length of another hash', padded(digestInfo('3031300d060960864801650304020105000421', digest))],
    ['the name of SHA-1', padded(digestInfo('3021300906052b0e03021a05000414', digest.subarray(0, 20)))],
    [
      'the name of SHA-512',
      padded(digestInfo('3051300d060960864801650304020305000440', Buffer.concat([digest, digest]))),
    ],
    ['a long form of the length', padded(digestInfo('308131300d060960864801650304020105000420', digest))],
    [
      'a digest changed',
      padded(digestInfo(SHA256, Buffer.from(digest.map((byte, at) => (at === 31 ? byte ^ 1 : byte))))),
    ],
    [
      'bytes behind the digest',
      Buffer.concat([
        Buffer.from([0, 1]),
        Buffer.alloc(8, 0xff),
        Buffer.from([0]),
        good,
        Buffer.alloc(256 - 11 - good.length, 0x41),
      ]),
    ],
    ['nothing but ff', Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(254, 0xff)])],
  ];
  const raw = (block: Buffer) =>
    `${kinds.RS256.input}.${privateEncrypt({ key: pair.privateKey, padding: constants.RSA_NO_PADDING }, block).toString('base64url')}`;

  it('accepts the padding that the faulty ones are derived from', async () => {
    expect(await resultOf(raw(padded(good)))).toBe('accepted');
  });

  it.each(paddings)('rejects RS256 with a modified PKCS #1 padding: %s', async (_, block) => {
    expect(await resultOf(raw(block))).toBe('token_signature_invalid');
  });

  // The DER encoding of the digest info, and encodings that a lax parser might accept.
  const leaf = (tag: number, value: Buffer): Der => ({ tag, value });
  const nodes = {
    outer: { tag: 0x30, value: Buffer.alloc(0) },
    algorithm: { tag: 0x30, value: Buffer.alloc(0) },
    oid: leaf(0x06, Buffer.from('608648016503040201', 'hex')),
    parameters: leaf(0x05, Buffer.alloc(0)),
    digest: leaf(0x04, digest),
  };
  const build = (changed?: keyof typeof nodes, change: (der: Der) => Buffer = derOf): Buffer => {
    const part = (name: keyof typeof nodes, value = nodes[name].value) =>
      (name === changed ? change : derOf)({ ...nodes[name], value });
    const algorithm = part('algorithm', Buffer.concat([part('oid'), part('parameters')]));
    return part('outer', Buffer.concat([algorithm, part('digest')]));
  };

  it('accepts the digest info that the faulty ones are derived from', async () => {
    expect(build()).toEqual(good);
    expect(await resultOf(raw(padded(build())))).toBe('accepted');
  });

  it.each(Object.keys(nodes) as (keyof typeof nodes)[])(
    'rejects RS256 with every faulty encoding of the %s of the digest info',
    async (name) => {
      const accepted = [];
      const tried = new Set<string>();
      for (const [what, change] of derFaults) {
        const info = build(name, change);
        if (info.equals(good) || info.length > 240) continue;
        tried.add(info.toString('hex'));
        if ((await resultOf(raw(padded(info)))) !== 'token_signature_invalid') accepted.push(what);
      }
      expect(accepted).toEqual([]);
      expect(tried.size).toBeGreaterThan(25);
    },
  );

  const other = signingPair('ins_1');
  const confusions: [string, () => string][] = [
    ['HS256 under the PEM of the RSA key', () => maced(pair.publicPem)],
    [
      'HS256 under the DER of the RSA key',
      () => maced(createPublicKey(pair.publicPem).export({ type: 'spki', format: 'der' })),
    ],
    ['HS256 under the modulus of the RSA key', () => maced(Buffer.from(String(pair.jwk.n), 'base64url'))],
    ['HS256 under the JWK of the RSA key', () => maced(JSON.stringify(pair.jwk))],
    ['HS256 of our issuer under the PEM of the RSA key', () => maced(pair.publicPem, ownClaims)],
    [
      'RS256 by another RSA key',
      () =>
        `${kinds.RS256.input}.${sign('RSA-SHA256', Buffer.from(kinds.RS256.input), other.privateKey).toString('base64url')}`,
    ],
    [
      'RS256 by an attacker with its key embedded',
      () => {
        const input = `${encode({ ...clerkHeader, jwk: other.jwk })}.${encode(claimsV2(NOW))}`;
        return `${input}.${sign('RSA-SHA256', Buffer.from(input), other.privateKey).toString('base64url')}`;
      },
    ],
    [
      'RS256 that is a PSS signature',
      () =>
        `${kinds.RS256.input}.${sign('RSA-SHA256', Buffer.from(kinds.RS256.input), { key: pair.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }).toString('base64url')}`,
    ],
    [
      'RS256 that is over SHA-512',
      () =>
        `${kinds.RS256.input}.${sign('RSA-SHA512', Buffer.from(kinds.RS256.input), pair.privateKey).toString('base64url')}`,
    ],
    [
      'RS256 that is over SHA-1',
      () =>
        `${kinds.RS256.input}.${sign('RSA-SHA1', Buffer.from(kinds.RS256.input), pair.privateKey).toString('base64url')}`,
    ],
    [
      'RS256 that is of ECDSA',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return `${kinds.RS256.input}.${sign('sha256', Buffer.from(kinds.RS256.input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
      },
    ],
    [
      'HS256 of the SHA-512',
      () => `${kinds.HS256.input}.${createHmac('sha512', SECRET).update(kinds.HS256.input).digest('base64url')}`,
    ],
    [
      'HS256 under an empty secret',
      () => `${kinds.HS256.input}.${createHmac('sha256', '').update(kinds.HS256.input).digest('base64url')}`,
    ],
  ];
  function maced(secret: string | Buffer, claims: Record<string, unknown> = claimsV2(NOW)): string {
    const input = `${encode({ ...clerkHeader, alg: 'HS256' })}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }

  it.each(confusions)('rejects key confusion: %s', async (_, make) => {
    expect(await resultOf(make())).toMatch(/^token_(signature_invalid|alg_unsupported)$/);
  });

  it.each<[string, Record<string, unknown>]>([
    ['for encryption', { use: 'enc' }],
    ['of no known use', { use: 'sign' }],
    ['whose operations are encrypt and decrypt', { key_ops: ['encrypt', 'decrypt'] }],
    ['whose operations are to sign alone', { key_ops: ['sign'] }],
    ['of no operations', { key_ops: [] }],
    ['of RS512', { alg: 'RS512' }],
    ['of PS256', { alg: 'PS256' }],
    ['of RSA-OAEP', { alg: 'RSA-OAEP' }],
    ['of HS256', { alg: 'HS256' }],
    ['that is symmetric', { kty: 'oct', k: 'AAAA' }],
    ['that is of an elliptic curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['of 1024 bits', signingPair('weak', 1024).jwk],
    ['of exponent 1', { e: 'AQ' }],
    ['of an even exponent', { e: 'BA' }],
    ['without modulus', { n: '' }],
  ])('a key set skips a key %s', async (_, changes) => {
    const keys = [{ ...pair.jwk, ...changes, kid: 'ins_1' }];
    expect(() => readKeySet({ keys })).toThrow(KeySetInvalidError);
    const source = new JwksCache({ url: 'https://clerk.example/jwks', fetch: async () => Response.json({ keys }) });
    const verifier = new ClerkSessionVerifier(
      { issuer: ISSUER, authorizedParties: [PARTY], allowImpersonation: false },
      source,
      () => NOW,
    );
    await expect(verifier.verify(decodeJwt(compact('RS256')))).rejects.toMatchObject({ code: 'keys_unavailable' });
  });

  it.each(['', 'a', 'a'.repeat(31)])('rejects a secret of fewer than 32 bytes: %#', (weak) => {
    expect(() => legacySecrets([weak])).toThrow(SecretInvalidError);
  });
});

/** Encodes the same bytes with the unused bits of the last character set. */
function unusedBits(text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const changed = text.slice(0, -1) + letters[letters.indexOf(text.at(-1) ?? '') | 1];
  expect(changed).not.toBe(text);
  expect(Buffer.from(changed, 'base64url')).toEqual(Buffer.from(text, 'base64url'));
  return changed;
}
