import { codedError } from '@gatehouse/errors';

/** A configured key is not in PEM or not of the required kind. The message does not show the key. */
export class KeyInvalidError extends codedError('KEY_INVALID', (problem: string) => problem) {}

/** A configured signing secret cannot be used. The message does not show the secret. */
export class SecretInvalidError extends codedError('SECRET_INVALID', (problem: string) => problem) {}

/** An API key cannot be made, because the number of random bytes is wrong. */
export class ApiKeyRandomnessError extends codedError(
  'API_KEY_RANDOMNESS',
  (bytes: number) => `an API key is made of ${bytes} random bytes`,
) {}

/** Why an envelope was rejected. */
export type EnvelopeFault =
  'missing' | 'malformed' | 'signature' | 'claims' | 'subject' | 'body' | 'lifetime' | 'not_yet_valid' | 'expired';

/** An envelope does not prove that the gateway sent this request. The message does not show the envelope. */
export class EnvelopeInvalidError extends codedError(
  'ENVELOPE_INVALID',
  (fault: EnvelopeFault) => `the envelope is invalid: ${fault}`,
) {
  /**
   * @param signerAheadMs milliseconds by which the signer's clock seems to be ahead of ours; negative if it seems to be
   *   behind. Set only for the faults `not_yet_valid` and `expired`
   */
  constructor(
    readonly fault: EnvelopeFault,
    readonly signerAheadMs?: number,
  ) {
    super(fault);
  }
}

/** By code of a {@link CredentialRequestError}: the text that the client gets as `detail`. */
export const credentialRequestFaults = {
  credential_repeated: 'A credential header is repeated or contains a comma. Send one credential.',
  credential_conflict: 'X-API-Key and Authorization hold two different API keys. Send one.',
  credential_in_query: 'The query string contains a credential. Send it in a header, and revoke this one.',
  credential_malformed: 'A credential header is empty or has characters that credentials cannot have.',
  session_cookies_conflict:
    'The cookies hold session tokens of different users. Delete the cookies of this site, and sign in again.',
} as const;

/** Code of a request whose credentials cannot be read. */
export type CredentialRequestFault = keyof typeof credentialRequestFaults;

/** The request carries its credentials in a form that no client should send. None of the credentials was verified. */
export class CredentialRequestError extends Error {
  constructor(readonly code: CredentialRequestFault) {
    super(credentialRequestFaults[code]);
    this.name = 'CredentialRequestError';
  }
}

/** By code of a {@link CredentialRefusedError}: the text that the client gets as `detail`. */
export const credentialFaults = {
  credential_scheme_unsupported: 'The authorization scheme is not Bearer.',
  credential_is_clerk_secret: "This looks like Clerk's secret key. Never send it, and roll it now.",
  credential_is_clerk_api_key:
    'This is an API key of Clerk (ak_). Send an API key of Gatehouse (sk_) or a session token.',
  credential_is_clerk_machine_token: 'This is a machine token of Clerk (mt_). Send an API key of Gatehouse (sk_).',
  credential_is_clerk_oauth_token:
    'This is an OAuth access token of Clerk (oat_). Send a session token or an API key of Gatehouse (sk_).',
  credential_is_publishable_key: "This is Clerk's publishable key, which identifies nobody. Send a session token.",
  credential_is_webhook_secret: 'This is a webhook signing secret. Never send it, and rotate it now.',
  credential_is_identifier: 'This is an identifier, not a credential. Send a session token or an API key.',
  credential_unknown: 'This is not a kind of credential that the gateway accepts here.',
  api_key_malformed: 'This is not in the format of an API key.',
  api_key_checksum_invalid: 'The checksum of the API key does not match: it was mistyped. Copy it again.',
  api_key_unknown: 'The API key does not exist.',
  api_key_revoked: 'The API key was revoked.',
  api_key_expired: 'The API key has expired.',
  token_malformed: 'The token is not a well-formed JWT.',
  token_too_large: 'The token is larger than 8 KiB.',
  token_duplicate_claim: 'The token contains a claim twice.',
  token_number_invalid: 'A number in the token is out of range.',
  token_crit_unsupported: 'The token requires an extension (crit) that is not supported.',
  token_alg_unsupported: 'The algorithm of the token is not accepted.',
  token_issuer_unknown: 'The issuer of the token is not accepted.',
  token_type_unsupported: 'The type of the token is not JWT.',
  token_category_unsupported: 'The token is not a session token.',
  token_version_unsupported: 'The version of the session token is not supported.',
  token_key_unknown: "The signing key of the token is not in the issuer's key set.",
  token_signature_invalid: 'The signature of the token does not match.',
  token_claim_invalid: 'A claim of the token is missing or has the wrong type.',
  token_subject_invalid: 'The subject of the token is not a user.',
  token_audience_invalid: 'The token was issued for another service.',
  token_id_missing: 'The token has no id (jti).',
  token_revoked: 'The session of this token has ended. Sign in again.',
  token_session_missing: 'The token has no session id (sid).',
  token_expired: 'The token has expired. Get a new one.',
  token_not_yet_valid: 'The token is not valid yet. Check the clock.',
  token_party_missing: 'The token has no authorized party (azp), and this gateway requires one.',
  token_party_unlisted: 'The token was issued for another application.',
  token_session_pending: 'The session is not active: a task is pending.',
  token_impersonated: 'This does not accept sessions in which somebody acts as the user.',
} as const;

/** Code of a rejected credential. */
export type CredentialFault = keyof typeof credentialFaults;

/** A credential does not prove who is calling. The message does not show the credential. */
export class CredentialRefusedError extends Error {
  /**
   * @param recheckAfterMs milliseconds until the signing keys can be fetched again. Set only if a newer key, not
   *   fetched by this gateway yet, may have signed the credential
   */
  constructor(
    readonly code: CredentialFault,
    readonly recheckAfterMs?: number,
  ) {
    super(credentialFaults[code]);
    this.name = 'CredentialRefusedError';
  }
}

/**
 * A token can be neither accepted nor rejected. The signing key of the token is unknown or may have been replaced, and
 * the key set cannot be fetched now.
 */
export class KeysUnavailableError extends codedError(
  'keys_unavailable',
  'The signing keys cannot be fetched now. Retry later.',
) {
  /** @param retryAfterMs milliseconds until the key set can be fetched again */
  constructor(
    cause?: unknown,
    readonly retryAfterMs = 5_000,
  ) {
    super({ cause });
  }
}

/** The source of signing keys did not return a usable key set. */
export class KeySetInvalidError extends codedError('KEY_SET_INVALID', (problem: string) => `the key set ${problem}`) {}
