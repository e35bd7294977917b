import { createHmac } from 'node:crypto';

/**
 * Signature for one secret: HMAC-SHA256 over `id.timestamp.body`. The key is the part of the secret after `whsec_`,
 * decoded from base64.
 *
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 * @param timestamp seconds since 1970
 */
export function svixSignature(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** Value of the header `svix-signature`: one signature for each secret, the current secret first. */
export function svixSignatures(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => svixSignature(secret, id, timestamp, body)).join(' ');
}
