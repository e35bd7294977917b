/** A key given by configuration cannot be used: no PEM, or of another kind than needed. The key itself is not told. */
export class KeyInvalidError extends Error {
  readonly code = 'KEY_INVALID';

  constructor(problem: string, cause?: unknown) {
    super(problem, { cause });
    this.name = 'KeyInvalidError';
  }
}

/** A secret for signing tokens cannot be used; the secret itself is not told. */
export class SecretInvalidError extends Error {
  readonly code = 'SECRET_INVALID';

  constructor(problem: string) {
    super(problem);
    this.name = 'SecretInvalidError';
  }
}

/** An API key was to be made of another number of random bytes than it takes. */
export class ApiKeyRandomnessError extends Error {
  readonly code = 'API_KEY_RANDOMNESS';

  constructor(bytes: number) {
    super(`an API key is made of ${bytes} random bytes`);
    this.name = 'ApiKeyRandomnessError';
  }
}

/** What is wrong with an envelope. */
export type EnvelopeFault =
  'missing' | 'malformed' | 'signature' | 'claims' | 'subject' | 'body' | 'lifetime' | 'not_yet_valid' | 'expired';

/**
 * An envelope does not vouch for the request that it came with; never contains the envelope. `signerAheadMs`: nothing is
 * wrong with it but its time; by how many milliseconds the signer's clock is ahead of ours (negative: behind).
 */
export class EnvelopeInvalidError extends Error {
  readonly code = 'ENVELOPE_INVALID';

  constructor(
    readonly fault: EnvelopeFault,
    readonly signerAheadMs?: number,
  ) {
    super(`the envelope is refused: ${fault}`);
    this.name = 'EnvelopeInvalidError';
  }
}

/** Why a request's credentials cannot be read as one, by code: what is told to the client. */
export const credentialRequestFaults = {
  credential_repeated: 'a credential header is repeated or joined by commas',
  credential_conflict: 'two different API keys are given',
  credential_in_query: 'a credential stands in the query string',
  credential_malformed: 'a credential header is empty or has characters that no credential has',
} as const;

/** Why a request's credentials cannot be read as one. */
export type CredentialRequestFault = keyof typeof credentialRequestFaults;

/** The request carries its credentials in a form that nobody should send; none of them was tried. */
export class CredentialRequestError extends Error {
  constructor(readonly code: CredentialRequestFault) {
    super(credentialRequestFaults[code]);
    this.name = 'CredentialRequestError';
  }
}

/** Why a credential is refused, by code: what is told to the client. */
export const credentialFaults = {
  credential_scheme_unsupported: 'the authorization scheme is not Bearer',
  credential_is_clerk_secret: "this looks like Clerk's secret key: never send it, and roll it now",
  credential_is_clerk_api_key:
    "this is an API key of Clerk's (ak_): use an API key of Gatehouse (sk_) or a session token",
  credential_is_clerk_machine_token: "this is a machine token of Clerk's (mt_): use an API key of Gatehouse (sk_)",
  credential_is_clerk_oauth_token: "this is an OAuth access token of Clerk's (oat_): use a session token or an API key",
  credential_is_publishable_key: "this is Clerk's publishable key: it configures a frontend and identifies nobody",
  credential_is_webhook_secret: 'this is a webhook signing secret: never send it, and rotate it now',
  credential_is_identifier: 'this is an identifier, not a credential: send a session token or an API key',
  credential_unknown: 'the credential is of no kind that is known here',
  api_key_malformed: 'this is not the form of an API key',
  api_key_checksum_invalid: 'the API key is mistyped: its checksum does not match',
  api_key_unknown: 'there is no such API key',
  api_key_revoked: 'the API key was revoked',
  api_key_expired: 'the API key has expired',
  token_malformed: 'the token is not a well-formed JWT',
  token_too_large: 'the token is larger than 8 KiB',
  token_duplicate_claim: 'a claim stands in the token twice',
  token_number_invalid: 'a number in the token is out of range',
  token_crit_unsupported: 'the token demands an extension that is not supported',
  token_alg_unsupported: 'the algorithm of the token is not accepted',
  token_issuer_unknown: 'the issuer of the token is not accepted',
  token_type_unsupported: 'the token is not of type JWT',
  token_category_unsupported: 'the token is no session token',
  token_version_unsupported: 'the version of the session token is not known',
  token_key_unknown: 'the token is signed with a key that is not known',
  token_signature_invalid: 'the signature does not match',
  token_claim_invalid: 'a claim is missing or not of its type',
  token_subject_invalid: 'the subject is no user',
  token_audience_invalid: 'the token was not issued for this service',
  token_id_missing: 'the token has no id',
  token_revoked: 'the session of this token has ended',
  token_session_missing: 'the token names no session',
  token_expired: 'the token has expired',
  token_not_yet_valid: 'the token is not valid yet',
  token_party_missing: 'the token names no application (azp), and this gateway requires one',
  token_party_unlisted: 'the token was issued for another application',
  token_session_pending: 'the session is not active: a task is pending',
  token_impersonated: 'impersonated sessions are not accepted',
} as const;

/** Why a credential was refused. */
export type CredentialFault = keyof typeof credentialFaults;

/** A credential does not prove who is calling; never contains the credential. */
export class CredentialRefusedError extends Error {
  /** `recheckAfterMs`: set when another answer is possible after this time, because newer keys could not be asked for. */
  constructor(
    readonly code: CredentialFault,
    readonly recheckAfterMs?: number,
  ) {
    super(credentialFaults[code]);
    this.name = 'CredentialRefusedError';
  }
}

/** Whether a token is valid cannot be decided: its key is not known, and the source of keys cannot be asked now. */
export class KeysUnavailableError extends Error {
  readonly code = 'keys_unavailable';

  /** `retryAfterMs`: after how many milliseconds the source can be asked again. */
  constructor(
    cause?: unknown,
    readonly retryAfterMs = 5_000,
  ) {
    super('the signing keys are unavailable', { cause });
    this.name = 'KeysUnavailableError';
  }
}

/** What the source of keys answered is no usable key set. */
export class KeySetInvalidError extends Error {
  readonly code = 'KEY_SET_INVALID';

  constructor(problem: string, cause?: unknown) {
    super(`the key set ${problem}`, { cause });
    this.name = 'KeySetInvalidError';
  }
}
