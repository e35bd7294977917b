import { createHmac } from 'node:crypto';

/**
 * The `svix-signature` of one attempt: HMAC-SHA256 over `id.timestamp.body`, keyed by the base64 after `whsec_`
 * (docs.svix.com, "Verifying webhooks manually").
 *
 * @param timestamp seconds since 1970
 */
export function svixSignature(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The whole header: a signature by each secret, the first of which is the current one. */
export function svixSignatures(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => svixSignature(secret, id, timestamp, body)).join(' ');
}
