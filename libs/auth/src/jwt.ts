import { decodeBase64Url } from './base64url';
import { CredentialRefusedError } from './errors';
import { type JsonObject, parseStrictObject } from './json-object';

/** A JWT in parts, decoded strictly but not verified: nothing in it is true yet. */
export interface DecodedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The bytes that the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Longest token that is decoded; characters. */
export const maxTokenLength = 8 * 1024;

/**
 * Takes a compact JWS apart: at most 8 KiB, three parts of canonical base64url, two JSON objects without repeated
 * members. No extension is understood, so any `crit` is refused. Throws CredentialRefusedError.
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
export function decodeJwt(token: string): DecodedJwt {
  if (token.length > maxTokenLength) throw new CredentialRefusedError('token_too_large');
  const [first, second] = pointsOf(token);
  const header = decodeBase64Url(token.slice(0, first));
  const claims = decodeBase64Url(token.slice(first + 1, second));
  const signature = decodeBase64Url(token.slice(second + 1));
  if (header === undefined || claims === undefined || signature === undefined) {
    throw new CredentialRefusedError('token_malformed');
  }
  const decoded = {
    header: parseStrictObject(header),
    claims: parseStrictObject(claims),
    signed: Buffer.from(token.slice(0, second), 'latin1'),
    signature,
  };
  if ('crit' in decoded.header) throw new CredentialRefusedError('token_crit_unsupported');
  return decoded;
}

/** Positions of the two points of a token. Stops at a third: a token of points alone must not cost a part for each. */
function pointsOf(token: string): readonly [number, number] {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first === -1 || second === -1 || token.includes('.', second + 1)) {
    throw new CredentialRefusedError('token_malformed');
  }
  return [first, second];
}
