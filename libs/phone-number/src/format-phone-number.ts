import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

export { type CountryCode };

/**
 * Formats a phone number, as people type or paste it, in E.164. Accepts invisible characters, the digits of any script,
 * parentheses and `tel:` links. Returns undefined for a text that is not a phone number.
 * @param region country of numbers without a country code. Default: `IN`, as at the gateway (`DEFAULT_PHONE_REGION`)
 * @example formatPhoneNumber('098765 43210') // '+919876543210'
 */
export function formatPhoneNumber(text: string, region: CountryCode = 'IN'): string | undefined {
  const parsed = parsePhoneNumberFromString(plain(text), { defaultCountry: region, extract: false });
  // `isPossible` only checks the length. That is enough: the number is only compared with the user's verified number.
  return parsed?.isPossible() === true ? parsed.number : undefined;
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
