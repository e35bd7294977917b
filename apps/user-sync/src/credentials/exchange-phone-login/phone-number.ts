import { RequestRefusedError } from '@gatehouse/messaging';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * Reads a phone number as people write and paste it, in E.164: with marks of writing direction and other invisible
 * characters, with the digits of any script, in parentheses, as a `tel:` link. Throws a refusal for what is no phone
 * number.
 */
export function toE164(text: string, defaultRegion: CountryCode): string {
  const parsed = parsePhoneNumberFromString(plain(text), { defaultCountry: defaultRegion, extract: false });
  // Whether it exists is Clerk's to say: this one is only compared.
  if (parsed?.isPossible() === true) return parsed.number;
  throw new RequestRefusedError('invalid_request', 'phoneNumber: is not a phone number');
}

/** The same number in ASCII, without what only lays it out. */
function plain(text: string): string {
  return (
    text
      // Full-width letters, digits and signs, and no-break spaces.
      .normalize('NFKC')
      // Marks of writing direction, zero-width characters, soft hyphens, byte order marks.
      .replace(/[\p{Cf}\u034f\u180b-\u180f\ufe00-\ufe0f]/gu, '')
      .replace(/\p{Nd}/gu, (digit) => String(valueOf(digit)))
      .replace(/\p{Pd}/gu, '-')
      .replace(/\p{Z}/gu, ' ')
      .trim()
      .replace(/^tel:/i, '')
      .replace(/[()[\]]/g, ' ')
      .trim()
  );
}

const DECIMAL = /\p{Nd}/u;

/** The value of a decimal digit: in Unicode the digits of a script are consecutive, from zero to nine. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DECIMAL.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
