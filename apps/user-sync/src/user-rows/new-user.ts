import { randomBytes, randomUUID } from 'node:crypto';

/** Crockford's base32: without letters that look like digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Id of a new user. */
export function newUserId(): string {
  return randomUUID();
}

/**
 * A code with which a user can invite others. Gatehouse only stores it and shows it. `BP-` is a fixed prefix; the nine
 * characters after it are random, one of 3.5e13. A unique index rejects repeated codes.
 */
export function newReferralCode(): string {
  return `BP-${[...randomBytes(9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
}
