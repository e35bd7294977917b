import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of a sealed secret. */
const VERSION = 1;

/** What a sealed secret is bound to: with anything else it cannot be opened. */
export interface SealContext {
  readonly userId: string;
  readonly path: string;
  /** Idempotency key of the request. */
  readonly key: string;
  /** Session that received the secret. */
  readonly sessionId: string;
}

/**
 * Encrypts a secret by AES-256-GCM. Derives the key of the cipher from `secret` by HKDF-SHA-256, so that each user, path
 * and idempotency key has its own.
 */
export function sealSecret(text: string, secret: string, context: SealContext): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(secret, context), nonce);
  cipher.setAAD(Buffer.from(context.sessionId));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), encrypted]);
}

/** Decrypts a sealed secret; undefined if none of `secrets` sealed it, or if it is bound to another context. */
export function openSecret(sealed: Buffer, secrets: readonly string[], context: SealContext): string | undefined {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const encrypted = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
  for (const secret of secrets) {
    const decipher = createDecipheriv(ALGORITHM, keyOf(secret, context), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context.sessionId)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
    } catch {
      // The tag does not match: another secret sealed it, or for another session.
    }
  }
  return undefined;
}

function keyOf(secret: string, { userId, path, key }: SealContext): Uint8Array {
  const info = JSON.stringify(['gatehouse idempotency', VERSION, userId, path, key]);
  return new Uint8Array(hkdfSync('sha256', secret, '', info, KEY_BYTES));
}
