import { randomBytes } from 'node:crypto';

/** Rule for webhook secrets, for error messages. */
export const WEBHOOK_SECRET_RULE = 'must be whsec_ followed by base64 of at least 16 bytes';

/** True for a secret that fulfils {@link WEBHOOK_SECRET_RULE}. */
export function isWebhookSecret(secret: string): boolean {
  return /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) && Buffer.from(secret.slice(6), 'base64').length >= 16;
}

/** A new secret of 24 bytes, like Svix's. */
export function newWebhookSecret(bytes: Buffer = randomBytes(24)): string {
  return `whsec_${bytes.subarray(0, 24).toString('base64')}`;
}
