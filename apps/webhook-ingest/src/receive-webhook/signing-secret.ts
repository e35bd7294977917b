import { type KeyObject, createHash, createSecretKey } from 'node:crypto';
import { SigningSecretInvalidError } from '../errors';

/** A secret that signs webhooks: the prepared key, and the fingerprint by which operators recognize the secret. */
export interface SigningSecret {
  readonly key: KeyObject;
  readonly fingerprint: string;
}

const PREFIX = 'whsec_';
const FINGERPRINT_LENGTH = 12;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** Svix generates 24 bytes and accepts 16 or more. A shorter secret is a truncated copy. */
const MIN_BYTES = 16;

/**
 * Parses a webhook signing secret: `whsec_` followed by base64.
 * @throws SigningSecretInvalidError
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
export function parseSigningSecret(secret: string): SigningSecret {
  if (!secret.startsWith(PREFIX)) throw new SigningSecretInvalidError(`does not begin with ${PREFIX}`);
  const encoded = secret.slice(PREFIX.length);
  if (!BASE64.test(encoded)) throw new SigningSecretInvalidError(`is not base64 after ${PREFIX}`);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length < MIN_BYTES) {
    throw new SigningSecretInvalidError(`is too short: it must have at least ${MIN_BYTES} bytes`);
  }
  return { key: createSecretKey(bytes), fingerprint: fingerprintOf(secret) };
}

/** First 12 hex digits of the SHA-256 of the secret's text, as `printf %s "$SECRET" | sha256sum` prints them. */
function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, FINGERPRINT_LENGTH);
}
