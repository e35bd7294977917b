import { type CredentialFault } from './errors';

/** Prefixes of credentials and ids of Clerk, with the error code for each. */
const kinds: readonly (readonly [RegExp, CredentialFault])[] = [
  [/^sk_(test|live)_/, 'credential_is_clerk_secret'],
  [/^ak_/, 'credential_is_clerk_api_key'],
  [/^mt_/, 'credential_is_clerk_machine_token'],
  [/^oat_/, 'credential_is_clerk_oauth_token'],
  [/^pk_(test|live)_/, 'credential_is_publishable_key'],
  [/^whsec_/, 'credential_is_webhook_secret'],
  [/^(sess|user|client|org|ins|mch|apikey|sit|dvb)_[A-Za-z0-9]+$/, 'credential_is_identifier'],
];

/** Begin of our own API keys and of JWTs. Most credentials are one of these, and no pattern above matches them. */
const KNOWN = /^(?:sk_(?:dev|stg|prod)_|eyJ)/;

/**
 * Returns the error code for a text that is a credential or id of Clerk; undefined for any other text.
 * @see https://clerk.com/docs/guides/development/machine-auth/overview
 */
export function foreignCredential(text: string): CredentialFault | undefined {
  if (KNOWN.test(text)) return undefined;
  return kinds.find(([pattern]) => pattern.test(text))?.[1];
}
