import { PROVIDER } from './external-account';
import { newId } from './ids';

/** Clerk's record of whether an identifier is verified. */
export interface Verification {
  attempts: number | null;
  expire_at: number | null;
  object: 'verification_otp' | 'verification_from_oauth';
  status: 'verified' | 'unverified';
  strategy: 'email_code' | 'phone_code' | `from_${typeof PROVIDER}`;
  channel?: 'sms';
}

/** Names an external account that has the same e-mail address. */
interface IdentificationLink {
  type: typeof PROVIDER;
  /** The `identification_id` of the account. */
  id: string;
}

/** Entry of a user's `email_addresses`. */
export interface EmailAddress {
  created_at: number;
  email_address: string;
  id: string;
  linked_to: IdentificationLink[];
  matches_sso_connection: boolean;
  object: 'email_address';
  reserved: boolean;
  updated_at: number;
  verification: Verification;
}

/** Entry of a user's `phone_numbers`. */
export interface PhoneNumber {
  backup_codes: null;
  created_at: number;
  default_second_factor: boolean;
  id: string;
  linked_to: never[];
  object: 'phone_number';
  phone_number: string;
  reserved: boolean;
  reserved_for_second_factor: boolean;
  updated_at: number;
  verification: Verification;
}

/**
 * Status of a new e-mail address or phone number. A `reserved` address or number is not verified yet, but no other user
 * can take it. Its user can already sign in with a code that is sent to it.
 */
export type IdentificationStatus = 'verified' | 'unverified' | 'reserved';

/** True for a verified or reserved address or number, which no other user can have. */
export function isExclusive({ reserved, verification }: EmailAddress | PhoneNumber): boolean {
  return reserved || verification.status === 'verified';
}

const CODE_LIFETIME_MS = 600_000;
const NONE: never[] = [];

/**
 * The `verification` of an address or number with this status. For `reserved` it says `unverified`, because Clerk shows
 * the reservation only in the field `reserved` of the address or number.
 */
export function verification(
  strategy: Verification['strategy'],
  status: IdentificationStatus,
  now: number,
): Verification {
  const verified = status === 'verified';
  return {
    attempts: verified ? 1 : 0,
    expire_at: verified ? now + CODE_LIFETIME_MS : null,
    object: 'verification_otp',
    status: verified ? 'verified' : 'unverified',
    strategy,
    ...(strategy === 'phone_code' && { channel: 'sms' as const }),
  };
}

/** The `verification` of an e-mail address that the provider has verified. */
export function verificationByProvider(): Verification {
  return {
    attempts: null,
    expire_at: null,
    object: 'verification_from_oauth',
    status: 'verified',
    strategy: `from_${PROVIDER}`,
  };
}

/** A new e-mail address, in lower case like Clerk's. */
export function newEmailAddress(
  address: string,
  status: IdentificationStatus,
  now: number,
  id: string = newId('idn', now),
): EmailAddress {
  return {
    created_at: now,
    email_address: address.toLowerCase(),
    id,
    linked_to: NONE,
    matches_sso_connection: false,
    object: 'email_address',
    reserved: status === 'reserved',
    updated_at: now,
    verification: verification('email_code', status, now),
  };
}

/** A new phone number in E.164. */
export function newPhoneNumber(
  number: string,
  status: IdentificationStatus,
  now: number,
  id: string = newId('idn', now),
): PhoneNumber {
  return {
    backup_codes: null,
    created_at: now,
    default_second_factor: false,
    id,
    linked_to: NONE,
    object: 'phone_number',
    phone_number: number,
    reserved: status === 'reserved',
    reserved_for_second_factor: false,
    updated_at: now,
    verification: verification('phone_code', status, now),
  };
}
