import { createHash } from 'node:crypto';
import { type JsonObject } from './json';
import { newId } from './ids';

/** Clerk's name of the only provider of the emulated instance, the Test Provider. Clerk's own test instances use it too. */
export const PROVIDER = 'oauth_custom_mock';

/** How a sign-in, a sign-up or an external account is verified by the provider. Times in ms since 1970. */
export interface OauthVerification {
  readonly object: 'verification_oauth';
  /**
   * `transferable`: the provider knows the person, but a sign-in found no user, or a sign-up found one; Clerk's scripts
   * then go on with the other of the two.
   */
  readonly status: 'unverified' | 'verified' | 'failed' | 'transferable';
  readonly strategy: typeof PROVIDER;
  readonly attempts: null;
  readonly expire_at: number;
  /** Page of the provider, to which the browser goes; absent once it came back. */
  readonly external_verification_redirect_url?: string;
  /** Why it failed, or must be transferred. */
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly long_message: string;
    readonly meta?: Readonly<Record<string, unknown>>;
  };
}

/** Entry of a user's `external_accounts`: an account at the provider. */
export interface ExternalAccount {
  readonly object: 'external_account';
  readonly id: string;
  readonly provider: typeof PROVIDER;
  /** Named by `linked_to` of the user's e-mail address. */
  readonly identification_id: string;
  readonly provider_user_id: string;
  readonly approved_scopes: string;
  readonly email_address: string;
  /** Null for all custom providers, like this one. */
  readonly email_address_verified: null;
  readonly first_name: string;
  readonly last_name: string;
  readonly image_url: string;
  readonly username: null;
  readonly phone_number: null;
  readonly public_metadata: JsonObject;
  readonly label: null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly verification: OauthVerification;
}

/** What the provider says about a person. */
export interface ProviderProfile {
  /** In lower case. */
  readonly email_address: string;
  readonly first_name: string;
  readonly last_name: string;
}

const LIFETIME_MS = 600_000;

/** A verification that begins now. @param url page of the provider @param now ms since 1970 */
export function newOauthVerification(url: string, now: number): OauthVerification {
  return {
    object: 'verification_oauth',
    status: 'unverified',
    strategy: PROVIDER,
    attempts: null,
    expire_at: now + LIFETIME_MS,
    external_verification_redirect_url: url,
  };
}

/** The verification after the browser came back from the provider. */
export function endedVerification(
  { external_verification_redirect_url: _url, error: _error, ...rest }: OauthVerification,
  status: OauthVerification['status'],
  error?: OauthVerification['error'],
): OauthVerification {
  return { ...rest, status, ...(error && { error }) };
}

/** Id of a person at the provider: the same for the same e-mail address, like the subject of an OpenID provider. */
export function providerUserId({ email_address }: Pick<ProviderProfile, 'email_address'>): string {
  return createHash('sha256').update(email_address).digest('hex').slice(0, 24);
}

/** An account at the provider. @param now ms since 1970 */
export function newExternalAccount(
  profile: ProviderProfile,
  verification: OauthVerification,
  now: number,
): ExternalAccount {
  return {
    object: 'external_account',
    id: newId('eac', now),
    provider: PROVIDER,
    identification_id: newId('idn', now),
    provider_user_id: providerUserId(profile),
    approved_scopes: 'email openid profile',
    ...profile,
    email_address_verified: null,
    image_url: '',
    username: null,
    phone_number: null,
    public_metadata: {},
    label: null,
    created_at: now,
    updated_at: now,
    verification,
  };
}
