import { randomBytes } from 'node:crypto';

/** Crockford's base32: digits and letters without I, L, O and U. @see https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_LENGTH = 9;

/**
 * Prefix of referral codes, such as `BP`: one to eight digits and letters that people do not mistake for each other. So
 * not I, L and O, which {@link spellingsOf} reads as digits.
 */
export const REFERRAL_PREFIX = /^[0-9A-HJKMNP-Z]{1,8}$/;

/** Code in the form in which it is compared: the prefix, if any, and the random part. */
const COMPACT = new RegExp(`^([0-9A-HJKMNP-Z]{1,8})?([${ALPHABET}]{${RANDOM_LENGTH}})$`);
/** Codes that were not made here, such as imported ones, may have any letters. */
const OTHER_CODE = /^[0-9A-Z-]{1,64}$/;

/**
 * A new code with which a user refers others, such as `BP-7K3M9QXV2`. The nine characters after the prefix are random,
 * one of 3.5e13. A unique index rejects a code that another user has: repeat the transaction with another code.
 */
export function newReferralCode(prefix: string): string {
  return `${prefix}-${[...randomBytes(RANDOM_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
}

/**
 * The stored codes that a typed code can mean; empty if it can mean none. Ignores letter case, spaces, hyphens and
 * invisible characters, reads O as 0, and I and L as 1. A code without prefix gets `prefix`.
 */
export function spellingsOf(typed: string, prefix: string): string[] {
  const plain = typed.normalize('NFKC').toUpperCase();
  const exact = plain.trim();
  const compact = plain
    .replace(/[\s\p{Pd}\p{Cf}_]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const [, given = prefix, random] = COMPACT.exec(compact) ?? [];
  return [...(random === undefined ? [] : [`${given}-${random}`]), ...(OTHER_CODE.test(exact) ? [exact] : [])].filter(
    (code, index, all) => all.indexOf(code) === index,
  );
}
