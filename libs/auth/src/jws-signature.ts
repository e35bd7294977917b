import { type KeyObject, createHmac, timingSafeEqual, verify } from 'node:crypto';

/**
 * Around a signature check: calls `matches` at most once, gives what it gives, or throws to refuse the work. Called when
 * all that the check needs is at hand, so that nothing happens between its decision and the work.
 */
export type SignatureCheck = (matches: () => boolean) => boolean;

/** Every signature is checked. */
export const checkEach: SignatureCheck = (matches) => matches();

/** Whether an RS256 signature is by this RSA key over these bytes. @see RFC 7518 section 3.3 */
export function isRs256(signed: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return verify('RSA-SHA256', signed, key, signature);
}

/** Whether an HS256 tag is under this secret over these bytes; takes the same time for any tag. @see RFC 7518 section 3.2 */
export function isHs256(signed: Uint8Array, signature: Uint8Array, secret: KeyObject): boolean {
  const expected = hs256(signed, secret);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/** The HS256 tag under this secret over these bytes. */
export function hs256(signed: Uint8Array, secret: KeyObject): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}
