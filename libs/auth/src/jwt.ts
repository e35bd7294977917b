import { decodeBase64Url } from './base64url';
import { CredentialRefusedError } from './errors';
import { type JsonObject, parseStrictObject } from './strict-json';

/** A JWT in parts, decoded strictly but not verified: nothing in it is true yet. */
export interface DecodedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The bytes that the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const MAX_LENGTH = 8 * 1024;

/**
 * Takes a compact JWS apart: at most 8 KiB, three parts of canonical base64url, two JSON objects without repeated
 * members. No extension is understood, so any `crit` is refused. Throws CredentialRefusedError.
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
export function decodeJwt(token: string): DecodedJwt {
  if (token.length > MAX_LENGTH) throw new CredentialRefusedError('token_too_large');
  const parts = token.split('.');
  const [header, claims, signature] = parts.map(decodeBase64Url);
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) {
    throw new CredentialRefusedError('token_malformed');
  }
  const decoded = {
    header: parseStrictObject(header),
    claims: parseStrictObject(claims),
    signed: Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1'),
    signature,
  };
  if ('crit' in decoded.header) throw new CredentialRefusedError('token_crit_unsupported');
  return decoded;
}
