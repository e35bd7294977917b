import { randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}0123456789`;

/**
 * A password with 255 random bits. It has letters and digits only, so that it needs no quotes or escapes in URLs, SQL,
 * shells and the configuration of nats-server. The first character is a letter, because nats-server could read a text
 * that begins with a digit as a number.
 */
export function randomPassword(): string {
  const rest = Array.from({ length: 42 }, () => pick(LETTERS_AND_DIGITS));
  return pick(LETTERS) + rest.join('');
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
