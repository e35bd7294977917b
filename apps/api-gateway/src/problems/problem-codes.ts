import { credentialFaults, credentialRequestFaults } from '@gatehouse/auth';
import { type RequestErrorCode } from '@gatehouse/contracts';

/** Codes of services that clients see. The others become `internal`. */
export type ServiceCode = Exclude<RequestErrorCode, 'unauthenticated' | 'internal'>;

type CredentialRequestFault = keyof typeof credentialRequestFaults;
type CredentialFault = keyof typeof credentialFaults;

/** Codes of 400 for a credential that cannot be read. */
export const credentialRequestCodes = namesOf(credentialRequestFaults);

/** Codes of 401 for a rejected credential. */
export const credentialCodes = namesOf(credentialFaults);

const ofServices: Record<ServiceCode, number> = {
  invalid_request: 400,
  token_invalid: 400,
  user_deleted: 401,
  invalid_credentials: 401,
  token_used: 401,
  session_ended: 401,
  forbidden: 403,
  identity_mismatch: 403,
  phone_unverified: 403,
  limit_reached: 403,
  not_found: 404,
  conflict: 409,
  last_admin: 409,
  user_ambiguous: 409,
  idempotency_in_progress: 409,
  idempotency_secret_gone: 409,
  referral_own_code: 409,
  referral_used: 409,
  referral_too_late: 409,
  referral_mutual: 409,
  version_mismatch: 412,
  idempotency_key_reused: 422,
  referral_code_unknown: 422,
  quota_exceeded: 429,
  clerk_unavailable: 503,
  clock_skew: 503,
  unavailable: 503,
};

const ofGateway = {
  bad_request: 400,
  body_incomplete: 400,
  invalid_json: 400,
  json_encoding_invalid: 400,
  json_member_repeated: 400,
  credential_missing: 401,
  user_unknown: 401,
  sign_in_loop: 401,
  account_inactive: 403,
  role_insufficient: 403,
  scope_insufficient: 403,
  session_needed: 403,
  session_refused: 403,
  tier_insufficient: 403,
  route_unknown: 403,
  proxy_not_allowed: 403,
  https_required: 403,
  origin_not_allowed: 403,
  cookie_origin_refused: 403,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  path_too_long: 414,
  media_type_unsupported: 415,
  expectation_failed: 417,
  rate_limited: 429,
  too_many_streams: 429,
  headers_too_large: 431,
  internal: 500,
  legacy_tokens_off: 501,
  upstream_failed: 502,
  upstream_unreachable: 502,
  keys_unavailable: 503,
  rate_limit_unavailable: 503,
  realtime_unavailable: 503,
  streams_unavailable: 503,
  upstream_busy: 503,
  upstream_timeout: 504,
} as const;

/** Code of an error response. docs/reference/errors.md says what each means and what the client should do. */
export type ProblemCode = CredentialRequestFault | CredentialFault | ServiceCode | keyof typeof ofGateway;

/** Status of each code. Error responses have these statuses, and the OpenAPI document lists them. */
export const problemStatuses: Readonly<Record<ProblemCode, number>> = {
  ...allWith(400, credentialRequestCodes),
  ...allWith(401, credentialCodes),
  ...ofServices,
  ...ofGateway,
};

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(record) as Name[];
}

function allWith<Code extends string>(status: number, codes: readonly Code[]): Record<Code, number> {
  return Object.fromEntries(codes.map((code) => [code, status])) as Record<Code, number>;
}
