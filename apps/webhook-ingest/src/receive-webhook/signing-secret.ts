import { type KeyObject, createSecretKey } from 'node:crypto';
import { SigningSecretInvalidError } from '../errors';

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** Svix makes 24 bytes and takes 16 at least; a shorter one is a truncated copy. */
const MIN_BYTES = 16;

/**
 * A webhook signing secret (`whsec_` and base64) as a prepared key. Throws SigningSecretInvalidError.
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
export function parseSigningSecret(secret: string): KeyObject {
  if (!secret.startsWith(PREFIX)) throw new SigningSecretInvalidError(`does not begin with ${PREFIX}`);
  const encoded = secret.slice(PREFIX.length);
  if (!BASE64.test(encoded)) throw new SigningSecretInvalidError(`is not base64 after ${PREFIX}`);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length < MIN_BYTES) throw new SigningSecretInvalidError(`is too short: ${MIN_BYTES} bytes are needed`);
  return createSecretKey(bytes);
}
