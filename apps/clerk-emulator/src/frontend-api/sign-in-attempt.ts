import { type OauthVerification, PROVIDER, type ProviderProfile } from '../clerk/external-account';
import { type ClerkUser } from '../clerk/user';
import { type CodeVerification, type SentCode } from '../sign-in-by-code/sent-code';
import { imageOf } from './user-view';

/** A verification at the Test Provider, under way or ended. */
export interface ProviderVerification {
  readonly verification: OauthVerification;
  /** What the provider said; null before that, and when the person denied it. */
  readonly profile: ProviderProfile | null;
}

/** A code to one of the user's addresses or numbers, which proves that one is the user. */
export interface FirstFactor {
  readonly strategy: 'email_code' | 'phone_code';
  readonly safe_identifier: string;
  readonly email_address_id?: string;
  readonly phone_number_id?: string;
  readonly primary: boolean;
}

/** A sign-in under way in a browser. Times in ms since 1970. */
export interface SignInAttempt {
  readonly id: string;
  readonly clientId: string;
  /** Null until the browser says who signs in; both are set together. */
  readonly identifier: string | null;
  readonly userId: string | null;
  /** The code that was sent last. */
  readonly sent: SentCode | null;
  /** Null unless the browser signs in by the Test Provider. */
  readonly provider: ProviderVerification | null;
  readonly createdSessionId: string | null;
  readonly createdAt: number;
}

/** A sign-in as the Frontend API returns it. */
export interface SignInView {
  readonly object: 'sign_in_attempt';
  readonly id: string;
  readonly status: 'needs_identifier' | 'needs_first_factor' | 'complete';
  readonly supported_identifiers: readonly ('email_address' | 'phone_number')[];
  readonly supported_first_factors: readonly (FirstFactor | { readonly strategy: typeof PROVIDER })[];
  readonly supported_second_factors: readonly never[];
  readonly first_factor_verification: CodeVerification | OauthVerification | null;
  readonly second_factor_verification: null;
  readonly identifier: string | null;
  readonly user_data: Pick<
    ClerkUser,
    'first_name' | 'last_name' | 'image_url' | 'has_image' | 'profile_image_url'
  > | null;
  readonly created_session_id: string | null;
  readonly abandon_at: number;
}

/** For how long an attempt can be completed. */
export const ATTEMPT_LIFETIME_MS = 86_400_000;

/** Factors of a user: first those of the address or number that was entered. */
export function firstFactorsOf(user: ClerkUser, identifier: string): FirstFactor[] {
  const emails = user.email_addresses.map(({ id, email_address }): FirstFactor => ({
    strategy: 'email_code',
    safe_identifier: email_address,
    email_address_id: id,
    primary: id === user.primary_email_address_id,
  }));
  const phones = user.phone_numbers.map(({ id, phone_number }): FirstFactor => ({
    strategy: 'phone_code',
    safe_identifier: phone_number,
    phone_number_id: id,
    primary: id === user.primary_phone_number_id,
  }));
  const isEntered = ({ safe_identifier }: FirstFactor): boolean => safe_identifier === identifier;
  const all = [...emails, ...phones];
  return [...all.filter(isEntered), ...all.filter((factor) => !isEntered(factor))];
}

/** @param user the user who signs in, unless the user was deleted meanwhile */
export function signInView(attempt: SignInAttempt, user: ClerkUser | undefined): SignInView {
  const { id, identifier, sent, provider, createdSessionId, createdAt } = attempt;
  const known = user !== undefined && identifier !== null;
  return {
    object: 'sign_in_attempt',
    id,
    status: createdSessionId !== null ? 'complete' : identifier === null ? 'needs_identifier' : 'needs_first_factor',
    supported_identifiers: ['email_address', 'phone_number'],
    supported_first_factors: known ? [...firstFactorsOf(user, identifier), ...providerFactor(user)] : [],
    supported_second_factors: [],
    first_factor_verification: provider?.verification ?? sent?.verification ?? null,
    second_factor_verification: null,
    identifier,
    user_data: known ? userData(user) : null,
    created_session_id: createdSessionId,
    abandon_at: createdAt + ATTEMPT_LIFETIME_MS,
  };
}

/** The Test Provider, for a user who has an account there. */
function providerFactor({ external_accounts }: ClerkUser): { readonly strategy: typeof PROVIDER }[] {
  return external_accounts.length > 0 ? [{ strategy: PROVIDER }] : [];
}

function userData(user: ClerkUser): SignInView['user_data'] {
  const { first_name, last_name } = user;
  return { first_name, last_name, ...imageOf(user) };
}
