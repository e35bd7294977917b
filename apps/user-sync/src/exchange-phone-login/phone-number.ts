import { RequestRefusedError } from '@gatehouse/messaging';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/** A phone number as a person writes it, in E.164. Throws a refusal for what is no phone number. */
export function toE164(text: string, defaultRegion: CountryCode): string {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: defaultRegion, extract: false });
  // Whether it exists is Clerk's to say: this one is only compared.
  if (parsed?.isPossible() === true) return parsed.number;
  throw new RequestRefusedError('invalid_request', 'phoneNumber: is not a phone number');
}
