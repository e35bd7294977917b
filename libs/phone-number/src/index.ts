export { formatPhoneNumber, type CountryCode } from './format-phone-number';
