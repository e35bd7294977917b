import { decodeBase64Url } from './base64url';
import { CredentialRefusedError } from './errors';
import { type JsonObject, parseStrictObject } from './json-object';

/** The parts of a JWT, strictly decoded and not verified: do not trust them yet. */
export interface DecodedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The signed bytes. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Maximum length of a token; characters. */
export const maxTokenLength = 8 * 1024;

/**
 * Decodes a compact JWS of at most 8 KiB. Each of the three parts must be canonical base64url; header and payload must
 * be strict JSON objects. Rejects any `crit`, because no extension is supported.
 * @throws CredentialRefusedError
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
export function decodeJwt(token: string): DecodedJwt {
  if (token.length > maxTokenLength) throw new CredentialRefusedError('token_too_large');
  const [first, second] = dotsOf(token);
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

/**
 * Positions of the two dots of a token. Stops at a third dot, so that a token full of dots takes no longer than a valid
 * one.
 */
function dotsOf(token: string): readonly [number, number] {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first === -1 || second === -1 || token.includes('.', second + 1)) {
    throw new CredentialRefusedError('token_malformed');
  }
  return [first, second];
}
