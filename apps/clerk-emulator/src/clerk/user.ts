import { type ExternalAccount } from './external-account';
import { type EmailAddress, type PhoneNumber } from './identifier';
import { newId } from './ids';
import { type JsonObject } from './json';

/** A user in Clerk's Backend API and `user.*` webhooks; times in ms since 1970. */
export interface ClerkUser {
  backup_code_enabled: boolean;
  banned: boolean;
  bypass_client_trust: boolean;
  create_organization_enabled: boolean;
  create_organizations_limit: number | null;
  created_at: number;
  delete_self_enabled: boolean;
  deprovisioned: boolean;
  email_addresses: EmailAddress[];
  enterprise_accounts: never[];
  external_accounts: ExternalAccount[];
  external_id: string | null;
  first_name: string | null;
  has_image: boolean;
  id: string;
  image_url: string;
  last_active_at: number | null;
  last_name: string | null;
  last_sign_in_at: number | null;
  legal_accepted_at: number | null;
  locale: string | null;
  locked: boolean;
  lockout_expires_in_seconds: number | null;
  mfa_disabled_at: number | null;
  mfa_enabled_at: number | null;
  object: 'user';
  passkeys: never[];
  password_enabled: boolean;
  password_last_updated_at: number | null;
  phone_numbers: PhoneNumber[];
  primary_email_address_id: string | null;
  primary_phone_number_id: string | null;
  primary_web3_wallet_id: null;
  private_metadata: JsonObject;
  profile_image_url: string;
  public_metadata: JsonObject;
  saml_accounts: never[];
  totp_enabled: boolean;
  two_factor_enabled: boolean;
  unsafe_metadata: JsonObject;
  updated_at: number;
  username: string | null;
  verification_attempts_remaining: number;
  web3_wallets: never[];
}

/** Clerk's answer to a deletion, and the `data` of `user.deleted`. */
export interface DeletedObject {
  deleted: true;
  external_id?: string;
  id: string;
  object: 'user' | 'email_address' | 'phone_number' | 'external_account' | 'image';
}

/** Maximum number of users of an emulator. This many users take about 900 MB of memory. */
export const USER_LIMIT = 250_000;

/**
 * Number of wrong codes after which Clerk locks a user, in all sign-ins of the user together. The count starts again
 * from 0 after a correct code, an unlock, or the end of a lockout.
 */
export const SIGN_IN_ATTEMPTS = 100;

/** Locks `user`: sets the fields that Clerk sets for a lockout of `lockoutMs`. */
export function lockUser(user: ClerkUser, lockoutMs: number): void {
  user.locked = true;
  user.lockout_expires_in_seconds = Math.ceil(lockoutMs / 1_000);
  user.verification_attempts_remaining = 0;
}

// Empty values that all users share. With separate ones, 100 000 users would need a million objects. Sharing is safe,
// because a user is copied before a change.
const NONE: never[] = [];
const NO_METADATA: JsonObject = Object.freeze({});

/** Image fields of a user who has uploaded none. */
export const DEFAULT_IMAGE = {
  has_image: false,
  image_url: 'https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCJ9',
  profile_image_url: 'https://www.gravatar.com/avatar?d=mp',
} as const;

/** A user without data. @param now ms since 1970 */
export function newUser(now: number, id: string = newId('user', now)): ClerkUser {
  return {
    backup_code_enabled: false,
    banned: false,
    bypass_client_trust: false,
    create_organization_enabled: true,
    create_organizations_limit: null,
    created_at: now,
    delete_self_enabled: true,
    deprovisioned: false,
    email_addresses: [],
    enterprise_accounts: NONE,
    external_accounts: NONE,
    external_id: null,
    first_name: null,
    id,
    ...DEFAULT_IMAGE,
    last_active_at: now,
    last_name: null,
    last_sign_in_at: null,
    legal_accepted_at: null,
    locale: null,
    locked: false,
    lockout_expires_in_seconds: null,
    mfa_disabled_at: null,
    mfa_enabled_at: null,
    object: 'user',
    passkeys: NONE,
    password_enabled: false,
    password_last_updated_at: null,
    phone_numbers: [],
    primary_email_address_id: null,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    private_metadata: NO_METADATA,
    public_metadata: NO_METADATA,
    saml_accounts: NONE,
    totp_enabled: false,
    two_factor_enabled: false,
    unsafe_metadata: NO_METADATA,
    updated_at: now,
    username: null,
    verification_attempts_remaining: SIGN_IN_ATTEMPTS,
    web3_wallets: NONE,
  };
}
