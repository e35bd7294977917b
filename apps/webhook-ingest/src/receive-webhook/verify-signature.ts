import { createHmac, timingSafeEqual } from 'node:crypto';
import { type SigningSecret } from './signing-secret';

/** The three Svix headers of a delivery, each with every value that was sent. */
export interface SvixHeaders {
  readonly id: readonly string[];
  readonly timestamp: readonly string[];
  readonly signature: readonly string[];
}

/** Why a delivery is refused; stable, shown to the sender and stored. */
export type RefusalReason =
  | 'missing_header'
  | 'duplicate_header'
  | 'malformed_header'
  | 'signature_mismatch'
  | 'timestamp_too_old'
  | 'timestamp_too_new';

/** What verification found. `sentAt`: when the attempt was signed. `signedBy` is the fingerprint of the secret; it is there too when only the time is off. */
export type Verification =
  | { readonly ok: true; readonly webhookId: string; readonly sentAt: Date; readonly signedBy: string }
  | { readonly ok: false; readonly reason: RefusalReason; readonly signedBy?: string };

const TOLERANCE_SECONDS = 300;
/** No dot: it separates id, timestamp and body in what is signed, and must do so in one way only. No space. */
const WEBHOOK_ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;
const UNIX_SECONDS = /^\d{1,12}$/;
const MAX_SIGNATURE_HEADER = 2_048;
const V1 = /^v1,([A-Za-z0-9+/]{43}=)$/;

/**
 * Verifies the raw bytes of a delivery: each `v1` signature against each secret, in constant time; other versions are
 * skipped. The time is judged after the signature, because a good signature with a bad time tells of a wrong clock, not
 * of a forger. Pure: the time is an argument.
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
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
  const signedBy = whichSigned(secrets, `${id}.${timestamp}.`, body, signatures);
  if (signedBy === undefined) return { ok: false, reason: 'signature_mismatch' };
  const age = nowMs / 1000 - Number(timestamp);
  if (age > TOLERANCE_SECONDS) return { ok: false, reason: 'timestamp_too_old', signedBy };
  if (age < -TOLERANCE_SECONDS) return { ok: false, reason: 'timestamp_too_new', signedBy };
  return { ok: true, webhookId: id, sentAt: new Date(Number(timestamp) * 1_000), signedBy };
}

/** Why the headers alone are refused; undefined when only the body can tell. */
export function headerFault(headers: SvixHeaders): RefusalReason | undefined {
  const all = [headers.id, headers.timestamp, headers.signature];
  if (all.some(({ length }) => length > 1)) return 'duplicate_header';
  const [id, timestamp, signatures] = all.map(([value]) => value);
  if (!id || !timestamp || !signatures) return 'missing_header';
  const isSound = WEBHOOK_ID.test(id) && UNIX_SECONDS.test(timestamp) && signatures.length <= MAX_SIGNATURE_HEADER;
  return isSound ? undefined : 'malformed_header';
}

function whichSigned(
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
    // The base64 texts are compared, so that only the canonical encoding is accepted.
    const expected = Buffer.from(createHmac('sha256', key).update(prefix).update(body).digest('base64'));
    let match = false;
    for (const candidate of offered) match = timingSafeEqual(candidate, expected) || match;
    if (match) return fingerprint;
  }
  return undefined;
}
