import { createHmac, type KeyObject, sign } from 'node:crypto';
import { type JsonObject } from '../clerk/json';

/** Algorithms of tokens. Clerk uses only RS256; the others are for tests of verifiers. */
export const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'HS256', 'none'] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/**
 * Invalid base64url encodings of a signature: `padded` ends with `==`, `non_canonical` sets an unused bit of the last
 * character.
 */
export type JwtEncoding = 'padded' | 'non_canonical';

/** The `cat` header of Clerk's session tokens. */
const SESSION_CATEGORY = 'cl_B7d4PD111AAA';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Header of a session token. */
export function sessionTokenHeader(kid: string): JsonObject {
  return { alg: 'RS256', cat: SESSION_CATEGORY, kid, typ: 'JWT' };
}

/**
 * Encodes a compact JWS (RFC 7515). The secret of HS256 is the public key's PEM, as in an algorithm confusion attack.
 *
 * @param claims an object, or a text that is signed unchanged
 */
export function encodeJwt(
  header: JsonObject,
  claims: JsonObject | string,
  algorithm: JwtAlgorithm,
  keys: JwtKeys,
): string {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const input = `${base64url(JSON.stringify(header))}.${base64url(text)}`;
  return `${input}.${signature(input, algorithm, keys)}`;
}

/** Keys for the algorithms. */
interface JwtKeys {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

/**
 * The token `jwt` with an invalid encoding of its signature. A lenient decoder decodes it to the same bytes as before.
 */
export function misencoded(jwt: string, encoding: JwtEncoding): string {
  if (encoding === 'padded') return `${jwt}==`;
  const last = BASE64URL.indexOf(jwt.slice(-1));
  return `${jwt.slice(0, -1)}${BASE64URL.charAt(last ^ 1)}`;
}

/** The token `jwt` with changed claims but the signature of the original claims. */
export function withClaims(jwt: string, changes: JsonObject): string {
  const [header = '', claims = '', sig = ''] = jwt.split('.');
  const before = JSON.parse(Buffer.from(claims, 'base64url').toString()) as JsonObject;
  return [header, base64url(JSON.stringify({ ...before, ...changes })), sig].join('.');
}

/**
 * The token `jwt` with one bit flipped in the middle of its signature. A bit of the last character could be unused, so
 * that flipping it would change nothing.
 */
export function tampered(jwt: string): string {
  const [header = '', claims = '', sig = ''] = jwt.split('.');
  const bytes = Buffer.from(sig, 'base64url');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return [header, claims, bytes.toString('base64url')].join('.');
}

function signature(input: string, algorithm: JwtAlgorithm, keys: JwtKeys): string {
  switch (algorithm) {
    case 'none':
      return '';
    case 'HS256':
      return createHmac('sha256', keys.publicPem).update(input).digest('base64url');
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return sign(`sha${algorithm.slice(2)}`, Buffer.from(input), keys.privateKey).toString('base64url');
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
