import { type ClientCode } from './error-codes';
import { type Schemas } from './schemas';

/** Codes of Clerk's errors that have a text here. Others are shown with Clerk's own text. */
type ClerkCode =
  | 'form_code_incorrect'
  | 'form_conditional_param_missing'
  | 'form_identifier_exists'
  | 'form_identifier_not_found'
  | 'form_param_format_invalid'
  | 'form_param_nil'
  | 'form_password_incorrect'
  | 'form_password_pwned'
  | 'session_exists'
  | 'too_many_requests'
  | 'user_locked'
  | 'verification_expired'
  | 'verification_failed';

/** Keys of the texts: codes of the gateway, codes of this package, codes of Clerk with `clerk_`, and the fallbacks. */
export type TextKey =
  Schemas['ProblemCode'] | ClientCode | `clerk_${ClerkCode}` | 'other_fault' | 'other_outage' | 'other';

/** Texts fit for people, one for each key. A translation replaces all of them or some. */
export type Texts = Readonly<Record<TextKey, string>>;

const signInAgain = 'Please sign in again.';
const appFault = 'The app sent a request that is not valid. Please update the app or report this.';
const wrongCredential = 'The app is not set up correctly: it sent the wrong kind of credential.';
const keyInvalid = 'This API key is not valid. Check it, or create a new one.';
const tryLater = 'The service is not available at the moment. Please try again shortly.';
const notAllowed = 'You are not allowed to do this.';
const proxySetup = 'The service is not set up correctly. Please contact its operator.';

/** English texts. This is the one file that a translation replaces. */
export const texts: Texts = {
  credential_repeated: appFault,
  credential_conflict: appFault,
  credential_in_query: appFault,
  credential_malformed: appFault,
  credential_missing: 'Please sign in.',
  credential_scheme_unsupported: wrongCredential,
  credential_is_clerk_secret: wrongCredential,
  credential_is_clerk_api_key: wrongCredential,
  credential_is_clerk_machine_token: wrongCredential,
  credential_is_clerk_oauth_token: wrongCredential,
  credential_is_publishable_key: wrongCredential,
  credential_is_webhook_secret: wrongCredential,
  credential_is_identifier: wrongCredential,
  credential_unknown: wrongCredential,
  api_key_malformed: keyInvalid,
  api_key_checksum_invalid: 'This API key has a typing error. Please copy it again.',
  api_key_unknown: keyInvalid,
  api_key_revoked: 'This API key was revoked. Please use its successor or create a new one.',
  api_key_expired: 'This API key has expired. Please use its successor or create a new one.',
  token_malformed: signInAgain,
  token_too_large: signInAgain,
  token_duplicate_claim: signInAgain,
  token_number_invalid: signInAgain,
  token_crit_unsupported: signInAgain,
  token_alg_unsupported: signInAgain,
  token_issuer_unknown: signInAgain,
  token_type_unsupported: signInAgain,
  token_category_unsupported: signInAgain,
  token_version_unsupported: signInAgain,
  token_key_unknown: signInAgain,
  token_signature_invalid: signInAgain,
  token_claim_invalid: signInAgain,
  token_subject_invalid: signInAgain,
  token_audience_invalid: signInAgain,
  token_id_missing: signInAgain,
  token_revoked: 'You have been signed out. Please sign in again.',
  token_session_missing: signInAgain,
  token_expired: 'Your sign-in has expired. Please sign in again.',
  token_not_yet_valid: 'The clock of this device may be wrong. Check it, and sign in again.',
  token_party_missing: signInAgain,
  token_party_unlisted: 'This app is not allowed to use the service.',
  token_session_pending: 'Please finish signing in first.',
  token_impersonated: 'This is not possible while you act as another person.',
  user_unknown: signInAgain,
  user_deleted: 'This account was deleted. Please sign in with another one.',
  session_cookies_conflict: 'You are signed in as several people. Please delete the cookies of this site.',
  session_ended: 'You have been signed out. Please sign in again.',
  sign_in_loop: 'Signing in did not work. Allow cookies for this page, and try again.',
  token_used: signInAgain,
  invalid_credentials: 'The e-mail address or the password is wrong.',
  account_inactive: 'This account is not active. Please contact support.',
  role_insufficient: notAllowed,
  scope_insufficient: 'This API key is not allowed to do this. Please create one with more permissions.',
  session_needed: 'This is not possible with an API key. Please sign in.',
  session_refused: 'This is only possible with an API key.',
  tier_insufficient: 'Your plan does not include this. Please upgrade.',
  route_unknown: notAllowed,
  proxy_not_allowed: proxySetup,
  cookie_origin_refused: 'This page is not allowed to use the service.',
  origin_not_allowed: 'This page is not allowed to use the service.',
  https_required: 'The connection is not secure. Please use an address that begins with https://.',
  forbidden: notAllowed,
  limit_reached: 'You have reached the limit. Delete something you no longer need, or ask for a higher limit.',
  identity_mismatch: 'The details do not match the person who is signed in.',
  phone_unverified: 'Please verify your phone number first.',
  not_found: 'This does not exist, or no longer exists.',
  method_not_allowed: appFault,
  conflict: 'This is not possible at the moment. Please reload, and try again.',
  last_admin: 'This is the last admin. Make somebody else an admin first.',
  user_ambiguous: 'Several people match. Please choose one of them.',
  idempotency_in_progress: 'This is still in progress. Please wait a moment.',
  idempotency_secret_gone: 'It was created, but can no longer be shown. Please create a new one, and revoke this one.',
  referral_own_code: 'You cannot use your own referral code.',
  referral_used: 'You have already used a referral code.',
  referral_too_late: 'A referral code can only be used within 24 hours of signing up.',
  referral_mutual: 'The owner of this referral code has already used yours.',
  version_mismatch: 'This was changed elsewhere in the meantime. Please reload, and try again.',
  request_timeout: 'The connection was too slow. Please try again.',
  bad_request: appFault,
  body_incomplete: 'The connection broke off. Please try again.',
  invalid_json: appFault,
  json_encoding_invalid: appFault,
  json_member_repeated: appFault,
  invalid_request: 'Some of the input is not valid. Please check it.',
  token_invalid: 'This link is no longer valid. Please ask for a new one.',
  body_too_large: 'This is too large to send.',
  path_too_long: appFault,
  media_type_unsupported: appFault,
  referral_code_unknown: 'There is no such referral code. Please check it.',
  idempotency_key_reused: appFault,
  expectation_failed: appFault,
  headers_too_large: appFault,
  rate_limited: 'Too many requests. Please wait a moment, and try again.',
  too_many_streams: 'This is open too often at the same time. Please close one of the others.',
  quota_exceeded: 'You have used up this month’s quota.',
  internal: 'Something went wrong at our side. Please try again later.',
  legacy_tokens_off: 'This way of signing in is switched off.',
  keys_unavailable: tryLater,
  clerk_unavailable: tryLater,
  clock_skew: tryLater,
  rate_limit_unavailable: tryLater,
  realtime_unavailable: 'Live updates are not available at the moment.',
  streams_unavailable: tryLater,
  unavailable: tryLater,
  upstream_unreachable: tryLater,
  upstream_failed: tryLater,
  upstream_busy: tryLater,
  upstream_timeout: 'The service takes too long to answer. Please try again.',

  network_failed: 'The service cannot be reached. Check your internet connection, and try again.',
  offline: 'You are offline. Check your internet connection.',
  timed_out: 'The service takes too long to answer. Please try again.',
  response_invalid: 'The service sent an answer that this app does not understand. Please try again later.',
  caller_changed: 'You are no longer signed in as the same person. Please reload, and try again.',
  token_unavailable: 'Your sign-in could not be checked. Please try again.',

  clerk_form_code_incorrect: 'The code is wrong. Please check it.',
  clerk_form_conditional_param_missing: 'Something is missing. Please fill in every field.',
  clerk_form_identifier_exists: 'There is already an account with these details. Please sign in.',
  clerk_form_identifier_not_found: 'There is no account with these details. Please sign up.',
  clerk_form_param_format_invalid: 'This is not valid. Please check it.',
  clerk_form_param_nil: 'Something is missing. Please fill in every field.',
  clerk_form_password_incorrect: 'The e-mail address or the password is wrong.',
  clerk_form_password_pwned: 'This password was found in a data breach. Please choose another one.',
  clerk_session_exists: 'You are already signed in.',
  clerk_too_many_requests: 'Too many attempts. Please wait a moment, and try again.',
  clerk_user_locked: 'This account is locked for a while, because of too many attempts. Please try again later.',
  clerk_verification_expired: 'The code has expired. Please ask for a new one.',
  clerk_verification_failed: 'Too many wrong codes. Please ask for a new one.',

  other_fault: 'This was not possible.',
  other_outage: tryLater,
  other: 'Something went wrong. Please try again.',
};

/** The text of a code, or the one for the kind of status if the code has none. */
export function textOf(code: string, status?: number, replaced?: Partial<Texts>): string {
  const fallback = status === undefined ? 'other' : status >= 500 ? 'other_outage' : 'other_fault';
  const key = Object.hasOwn(texts, code) ? (code as TextKey) : fallback;
  return replaced?.[key] ?? texts[key];
}
