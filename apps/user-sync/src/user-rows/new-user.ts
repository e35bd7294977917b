import { randomBytes, randomUUID } from 'node:crypto';

/** Crockford's base32: no letter that is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new user's id. */
export function newUserId(): string {
  return randomUUID();
}

/** A referral code, `BP-` and nine characters; one in 3.5e13, and the database keeps them unique. */
export function newReferralCode(): string {
  return `BP-${[...randomBytes(9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
}
