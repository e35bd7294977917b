import { type KeyObject, createHmac, timingSafeEqual, verify } from 'node:crypto';

/**
 * Decides whether the signature of one token is checked. If so, returns the result of `matches`, which checks the
 * signature. If not, throws an error, and the token is rejected with this error. The gateway, for example, may throw
 * when a sender has sent many forged tokens in this second.
 *
 * A verifier fetches the key before it calls this function, and not between decision and check. Otherwise the decision
 * would admit all tokens that arrive during the fetch, because no forgery among them is counted yet.
 */
export type SignatureCheck = (matches: () => boolean) => boolean;

/** The wrapper that checks every signature. */
export const checkEach: SignatureCheck = (matches) => matches();

/**
 * Whether the RS256 signature of the bytes was made with this RSA key.
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3
 */
export function isRs256(signed: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return verify('RSA-SHA256', signed, key, signature);
}

/**
 * Whether the HS256 tag of the bytes was made with this secret. Takes the same time for every tag.
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.2
 */
export function isHs256(signed: Uint8Array, signature: Uint8Array, secret: KeyObject): boolean {
  const expected = hs256(signed, secret);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/** HS256 tag of the bytes. */
export function hs256(signed: Uint8Array, secret: KeyObject): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}
