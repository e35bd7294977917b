import { type OauthVerification, type PROVIDER } from '../clerk/external-account';
import { verificationByProvider } from '../clerk/identifier';
import { type JsonObject } from '../clerk/json';
import { type CodeVerification, type SentCode } from '../sign-in-by-code/sent-code';
import { ATTEMPT_LIFETIME_MS, type ProviderVerification } from './sign-in-attempt';

/** Kinds of addresses that a user can sign up with. */
export type SignUpIdentifier = 'email_address' | 'phone_number';

/** An address or number of a sign-up, with the code that was sent to it last. */
interface SignUpAddress {
  readonly value: string;
  readonly sent: SentCode | null;
}

/** A sign-up under way in a browser. Times in ms since 1970. */
export interface SignUpAttempt {
  readonly id: string;
  readonly clientId: string;
  readonly email_address: SignUpAddress | null;
  readonly phone_number: SignUpAddress | null;
  /** Null unless the browser signs up by the Test Provider. */
  readonly provider: ProviderVerification | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly unsafe_metadata: JsonObject;
  readonly locale: string | null;
  readonly legal_accepted_at: number | null;
  readonly createdUserId: string | null;
  readonly createdSessionId: string | null;
  readonly createdAt: number;
}

/** Verification of an address of a sign-up. */
interface SignUpVerification {
  readonly object: 'verification_otp' | 'verification_from_oauth';
  readonly status: CodeVerification['status'];
  readonly strategy: CodeVerification['strategy'] | `from_${typeof PROVIDER}`;
  readonly attempts: number | null;
  readonly expire_at: number | null;
  readonly next_action: 'needs_prepare' | 'needs_attempt' | '';
  readonly supported_strategies: readonly string[];
}

/** A sign-up as the Frontend API returns it. */
export interface SignUpView {
  readonly object: 'sign_up_attempt';
  readonly id: string;
  readonly status: 'missing_requirements' | 'complete';
  readonly required_fields: readonly string[];
  readonly optional_fields: readonly string[];
  readonly missing_fields: readonly string[];
  readonly unverified_fields: readonly string[];
  readonly verifications: {
    readonly email_address: SignUpVerification | null;
    readonly phone_number: SignUpVerification | null;
    readonly web3_wallet: null;
    readonly external_account: OauthVerification | null;
  };
  readonly username: null;
  readonly email_address: string | null;
  readonly phone_number: string | null;
  readonly web3_wallet: null;
  readonly password_enabled: false;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly unsafe_metadata: JsonObject;
  readonly public_metadata: JsonObject;
  readonly custom_action: false;
  readonly external_id: null;
  readonly created_session_id: string | null;
  readonly created_user_id: string | null;
  readonly abandon_at: number;
  readonly legal_accepted_at: number | null;
  readonly locale: string | null;
}

const STRATEGIES = { email_address: 'email_code', phone_number: 'phone_code' } as const;

/** Addresses and numbers that must still be verified. */
export function unverifiedFields(attempt: SignUpAttempt): SignUpIdentifier[] {
  return (['email_address', 'phone_number'] as const).filter((kind) => {
    const address = attempt[kind];
    return address !== null && !isByProvider(attempt, kind) && address.sent?.verification.status !== 'verified';
  });
}

/** True when the Test Provider has verified the address. */
export function isByProvider({ provider, email_address }: SignUpAttempt, kind: SignUpIdentifier): boolean {
  const isVerified = kind === 'email_address' && provider?.verification.status === 'verified';
  return isVerified && provider.profile?.email_address === email_address?.value;
}

/** True when the sign-up has an address or number, and all that it has are verified. */
export function isReady(attempt: SignUpAttempt): boolean {
  const hasAddress = attempt.email_address !== null || attempt.phone_number !== null;
  return hasAddress && unverifiedFields(attempt).length === 0;
}

export function signUpView(attempt: SignUpAttempt): SignUpView {
  const { id, email_address, phone_number, first_name, last_name, createdSessionId, createdUserId } = attempt;
  const hasAddress = email_address !== null || phone_number !== null;
  return {
    object: 'sign_up_attempt',
    id,
    status: createdUserId === null ? 'missing_requirements' : 'complete',
    required_fields: hasAddress ? [] : ['email_address_or_phone_number'],
    optional_fields: ['email_address', 'phone_number', 'first_name', 'last_name'],
    missing_fields: hasAddress ? [] : ['email_address_or_phone_number'],
    unverified_fields: unverifiedFields(attempt),
    verifications: {
      email_address: verificationOf(attempt, 'email_address'),
      phone_number: verificationOf(attempt, 'phone_number'),
      web3_wallet: null,
      external_account: attempt.provider?.verification ?? null,
    },
    username: null,
    email_address: email_address?.value ?? null,
    phone_number: phone_number?.value ?? null,
    web3_wallet: null,
    password_enabled: false,
    first_name,
    last_name,
    unsafe_metadata: attempt.unsafe_metadata,
    public_metadata: {},
    custom_action: false,
    external_id: null,
    created_session_id: createdSessionId,
    created_user_id: createdUserId,
    abandon_at: attempt.createdAt + ATTEMPT_LIFETIME_MS,
    legal_accepted_at: attempt.legal_accepted_at,
    locale: attempt.locale,
  };
}

function verificationOf(attempt: SignUpAttempt, kind: SignUpIdentifier): SignUpVerification | null {
  const address = attempt[kind];
  if (address === null) return null;
  const supported_strategies = [STRATEGIES[kind]];
  if (isByProvider(attempt, kind)) return { ...verificationByProvider(), next_action: '', supported_strategies };
  // Clerk's components send a code when they find no verification.
  if (address.sent === null) return null;
  const { verification } = address.sent;
  const isOpen = verification.status === 'unverified';
  const next_action = verification.status === 'verified' ? '' : isOpen ? 'needs_attempt' : 'needs_prepare';
  return { ...verification, next_action, supported_strategies };
}
