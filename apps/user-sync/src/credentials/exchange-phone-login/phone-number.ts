import { fieldRefused } from '@gatehouse/messaging';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * Parses a phone number as people type or paste it, into E.164. Accepts invisible characters, the digits of any script,
 * parentheses and `tel:` links.
 * @throws RequestRefusedError `invalid_request` for a text that is not a phone number
 */
export function toE164(text: string, defaultRegion: CountryCode): string {
  const parsed = parsePhoneNumberFromString(plain(text), { defaultCountry: defaultRegion, extract: false });
  // `isPossible` only checks the length. That is enough: the number is only compared with the user's verified number.
  if (parsed?.isPossible() === true) return parsed.number;
  throw fieldRefused('invalid_request', 'phoneNumber', 'is not a phone number');
}

/** The number in ASCII, without formatting. */
function plain(text: string): string {
  return (
    text
      // Turns full-width letters, digits and signs into ASCII, and no-break spaces into spaces.
      .normalize('NFKC')
      // Removes invisible characters: format characters (`\p{Cf}`), such as marks of writing direction, zero-width
      // spaces and soft hyphens; and, by code point, the grapheme joiner and variation selectors.
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

/**
 * Value of a decimal digit of any script. In Unicode, the ten digits of a script follow each other from zero to nine.
 * So the value is the number of digits directly before this one, at most nine. Wrong only for U+116DA to U+116E3, which
 * directly follow the digits of another script: each of them becomes 9.
 */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DECIMAL.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
