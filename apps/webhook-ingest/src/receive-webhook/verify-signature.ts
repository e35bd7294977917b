import { createHmac, timingSafeEqual } from 'node:crypto';
import { type SigningSecret } from './signing-secret';
import { type HeaderFault, type SvixHeaders, headerFault } from './svix-headers';

/** Why a delivery does not verify; a stable code that is returned to the sender and stored. */
type RefusalReason = HeaderFault | 'signature_mismatch' | 'timestamp_too_old' | 'timestamp_too_new';

/**
 * Result of a verification. `sentAt` is the time at which Clerk signed this attempt to deliver the event. `signedBy` is
 * the fingerprint of the secret that made the signature. After a failed verification, `signedBy` is set only if the
 * signature is valid and the timestamp is too old or too new.
 */
export type Verification =
  | { readonly ok: true; readonly webhookId: string; readonly sentAt: Date; readonly signedBy: string }
  | { readonly ok: false; readonly reason: RefusalReason; readonly signedBy?: string };

const TOLERANCE_SECONDS = 300;
const V1 = /^v1,([A-Za-z0-9+/]{43}=)$/;

/**
 * Verifies the raw bytes of a delivery: computes the signature with each secret and compares it with each `v1`
 * signature of the headers in constant time. Skips signatures of other versions. Checks the timestamp after the
 * signature, because a valid signature with an invalid timestamp shows a wrong clock or a replay, and not a forgery.
 * Pure: the time is an argument.
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 * @see docs/adr/0019-our-own-check-of-webhook-signatures.md (why the library `svix` is not used)
 */
export function verifySignature(
  secrets: readonly SigningSecret[],
  headers: SvixHeaders,
  body: Uint8Array,
  nowMs: number,
): Verification {
  const reason = headerFault(headers);
  if (reason !== undefined) return { ok: false, reason };
  const [id = '', timestamp = '', signatures = ''] = [headers.id, headers.timestamp, headers.signature].map(
    ([value]) => value,
  );
  const signedBy = findSigner(secrets, `${id}.${timestamp}.`, body, signatures);
  if (signedBy === undefined) return { ok: false, reason: 'signature_mismatch' };
  const age = nowMs / 1000 - Number(timestamp);
  if (age > TOLERANCE_SECONDS) return { ok: false, reason: 'timestamp_too_old', signedBy };
  if (age < -TOLERANCE_SECONDS) return { ok: false, reason: 'timestamp_too_new', signedBy };
  return { ok: true, webhookId: id, sentAt: new Date(Number(timestamp) * 1_000), signedBy };
}

function findSigner(
  secrets: readonly SigningSecret[],
  prefix: string,
  body: Uint8Array,
  signatures: string,
): string | undefined {
  const offered = signatures.split(' ').flatMap((part) => {
    const encoded = V1.exec(part)?.[1];
    return encoded === undefined ? [] : [Buffer.from(encoded)];
  });
  if (offered.length === 0) return undefined;
  for (const { key, fingerprint } of secrets) {
    // Compares the base64 texts, so that only the canonical encoding is accepted.
    const expected = Buffer.from(createHmac('sha256', key).update(prefix).update(body).digest('base64'));
    let match = false;
    for (const candidate of offered) match = timingSafeEqual(candidate, expected) || match;
    if (match) return fingerprint;
  }
  return undefined;
}
