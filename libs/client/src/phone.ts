export { formatPhoneNumber, type CountryCode } from '@gatehouse/phone-number';
