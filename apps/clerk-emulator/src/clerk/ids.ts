import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KSUID_EPOCH_SECONDS = 1_400_000_000;

/** What Clerk and Svix put before the underscore. */
export type IdPrefix = 'user' | 'sess' | 'idn' | 'msg' | 'client' | 'sess_activity' | 'dlv';

/**
 * An id as Clerk makes them: the prefix and a KSUID (github.com/segmentio/ksuid), so that ids sort by second.
 *
 * @param now ms since 1970
 */
export function newId(prefix: IdPrefix, now: number): string {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32BE(Math.max(0, Math.floor(now / 1_000) - KSUID_EPOCH_SECONDS) >>> 0);
  randomBytes(16).copy(bytes, 4);
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < 27; i++) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return `${prefix}_${text}`;
}
