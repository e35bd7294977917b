import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KSUID_EPOCH_SECONDS = 1_400_000_000;
const KSUID_LENGTH = 27;

/** Prefixes of ids. */
type IdPrefix =
  | 'user'
  | 'sess'
  | 'idn'
  | 'msg'
  | 'client'
  | 'sess_activity'
  | 'dlv'
  | 'ep'
  | 'flt'
  | 'ins'
  | 'sia'
  | 'sua'
  | 'dvb'
  | 'eac'
  | 'img'
  | 'act'
  | 'sms'
  | 'ema'
  | 'ntc'
  | 'org'
  | 'orginv'
  | 'inv'
  | 'wle';

/** Returns `length` random bytes, or bytes derived from a seed. */
export type ByteSource = (length: number) => Buffer;

/**
 * An id like Clerk's: the prefix and a KSUID, so that ids sort by the second of their creation.
 *
 * @see https://github.com/segmentio/ksuid
 * @param now ms since 1970
 */
export function newId(prefix: IdPrefix, now: number, bytesFrom: ByteSource = randomBytes): string {
  const bytes = Buffer.allocUnsafe(20);
  bytes.writeUInt32BE(Math.max(0, Math.floor(now / 1_000) - KSUID_EPOCH_SECONDS) >>> 0);
  bytesFrom(16).copy(bytes, 4);
  return `${prefix}_${base62(bytes)}`;
}

/**
 * Encodes 20 bytes as 27 base62 characters. Computes with 32-bit words: with BigInt, this function was the slowest step
 * of generating users.
 */
export function base62(bytes: Buffer): string {
  const words = [0, 4, 8, 12, 16].map((offset) => bytes.readUInt32BE(offset));
  const text = new Array<string>(KSUID_LENGTH);
  for (let i = KSUID_LENGTH - 1; i >= 0; i--) {
    let rest = 0;
    for (let w = 0; w < words.length; w++) {
      const value = rest * 2 ** 32 + (words[w] ?? 0);
      words[w] = Math.floor(value / 62);
      rest = value % 62;
    }
    text[i] = ALPHABET.charAt(rest);
  }
  return text.join('');
}
