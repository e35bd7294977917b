import { createHmac, type KeyObject, sign } from 'node:crypto';
import { type JsonObject } from '../clerk/json';

/** Algorithms that a token can be signed with; Clerk uses RS256 alone, the others are for tests of verifiers. */
export const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'HS256', 'none'] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** Category of session tokens in Clerk's token headers. */
const SESSION_CATEGORY = 'cl_B7d4PD111AAA';

/** The header of a session token. */
export function sessionTokenHeader(kid: string): JsonObject {
  return { alg: 'RS256', cat: SESSION_CATEGORY, kid, typ: 'JWT' };
}

/** A compact JWS (RFC 7515). HS256 takes the public key's PEM as its secret: the classic confusion attack. */
export function encodeJwt(header: JsonObject, claims: JsonObject, algorithm: JwtAlgorithm, keys: JwtKeys): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${signature(input, algorithm, keys)}`;
}

/** The two halves of the signing key that algorithms need. */
export interface JwtKeys {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
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

function base64url(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
