import { fieldRefused } from '@gatehouse/messaging';
import { type CountryCode, formatPhoneNumber } from '@gatehouse/phone-number';

/**
 * Parses a phone number into E.164.
 * @throws RequestRefusedError `invalid_request` for a text that is not a phone number
 */
export function toE164(text: string, defaultRegion: CountryCode): string {
  const number = formatPhoneNumber(text, defaultRegion);
  if (number === undefined) throw fieldRefused('invalid_request', 'phoneNumber', 'is not a phone number');
  return number;
}
