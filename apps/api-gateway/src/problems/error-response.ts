import { CredentialRefusedError, CredentialRequestError, type JsonFault, KeysUnavailableError } from '@gatehouse/auth';
import { type QuotaStanding } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import {
  AccountInactiveError,
  CookieOriginError,
  CredentialMissingError,
  type FieldFault,
  ForwardAuthPathError,
  HttpsRequiredError,
  JsonInvalidError,
  LegacyTokensOffError,
  MediaTypeUnsupportedError,
  OriginNotAllowedError,
  ProxyNotAllowedError,
  ProxySecretInvalidError,
  RateLimitUnavailableError,
  RateLimitedError,
  RealtimeUnavailableError,
  RequestInvalidError,
  RoleInsufficientError,
  RouteUnknownError,
  ScopeInsufficientError,
  SessionNeededError,
  SessionRefusedError,
  SignInLoopError,
  TierInsufficientError,
  UploadBrokenOffError,
  UploadTooLargeError,
  UserUnknownError,
} from '../errors';
import {
  BodyIncompleteError,
  BodyTooLargeError,
  BodyTooSlowError,
  HandshakeInvalidError,
  MethodNotProxiedError,
  StreamsUnavailableError,
  TooManyStreamsError,
  UpstreamBusyError,
  UpstreamFailedError,
  UpstreamTimeoutError,
  UpstreamUnreachableError,
} from '../upstream-errors';
import { type RequestParts, maxFieldName, placedFault } from './field-faults';
import { type ProblemCode, type ServiceCode, problemStatuses } from './problem-codes';

/** HTTP response for an error. Errors become HTTP statuses in this file only. */
export interface ErrorResponse {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly quota?: QuotaStanding;
  readonly headers?: Readonly<Record<string, string>>;
}

const REALM = 'Bearer realm="gatehouse"';

/** Builds the header `WWW-Authenticate`; without `error` if the request has no credential (RFC 6750, section 3). */
function challenge(error?: 'invalid_request' | 'invalid_token', description?: string): ErrorResponse['headers'] {
  if (error === undefined) return { 'www-authenticate': REALM };
  const quoted = (description ?? '').replaceAll(/["\\]/g, "'");
  return { 'www-authenticate': `${REALM}, error="${error}", error_description="${quoted}"` };
}

/** A response with a code, and with the status of the code. */
function problem(
  code: ProblemCode,
  detail: string,
  more?: Pick<ErrorResponse, 'errors' | 'quota' | 'headers'>,
): ErrorResponse {
  return { status: problemStatuses[code], code, detail, ...more };
}

const unauthorized = (code: ProblemCode, detail: string): ErrorResponse =>
  problem(code, detail, { headers: challenge('invalid_token', detail) });

const retryLater = (code: ProblemCode, detail: string, retryAfterMs: number): ErrorResponse =>
  problem(code, detail, { headers: retryAfter(retryAfterMs) });

/** Errors whose response is their code and message. */
const plainErrors = [
  AccountInactiveError,
  BodyIncompleteError,
  BodyTooLargeError,
  BodyTooSlowError,
  UpstreamFailedError,
  UpstreamTimeoutError,
  UpstreamUnreachableError,
  RoleInsufficientError,
  SessionNeededError,
  SessionRefusedError,
  TierInsufficientError,
  TooManyStreamsError,
  RouteUnknownError,
  ProxyNotAllowedError,
  ProxySecretInvalidError,
  ForwardAuthPathError,
  HttpsRequiredError,
  OriginNotAllowedError,
  CookieOriginError,
  LegacyTokensOffError,
  MediaTypeUnsupportedError,
  UploadTooLargeError,
  UploadBrokenOffError,
];

function isPlain(error: unknown): error is InstanceType<(typeof plainErrors)[number]> {
  return plainErrors.some((kind) => error instanceof kind);
}

/** Builds the header `Retry-After`. It takes whole seconds, so the time is rounded up; at least `1`. */
function retryAfter(ms: number): ErrorResponse['headers'] {
  return { 'retry-after': String(Math.max(Math.ceil(ms / 1_000), 1)) };
}

/** RFC 6750 section 3.1. */
const scopeInsufficient = ({ code, message, scope }: ScopeInsufficientError): ErrorResponse =>
  problem(code, message, {
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });

const internal: ErrorResponse = { status: 500, code: 'internal' };

/** Makes the response to a refusal of a service. */
type Answer = (refusal: RequestRefusedError, code: ServiceCode) => ErrorResponse;

/** With the detail of the service, where that is meant for the caller. */
const passOn: Answer = ({ message }, code) => problem(code, message);

const say =
  (detail: string): Answer =>
  (_, code) =>
    problem(code, detail);

const askToSignIn =
  (detail: string): Answer =>
  (_, code) =>
    unauthorized(code, detail);

const askToRetry =
  (detail: string, afterMs: number): Answer =>
  ({ retryAfterMs = afterMs }, code) =>
    retryLater(code, detail, retryAfterMs);

/** By error code of a service that clients see: the response. */
const answers: Record<ServiceCode, Answer> = {
  invalid_request: passOn,
  forbidden: passOn,
  not_found: passOn,
  conflict: passOn,
  last_admin: passOn,
  user_ambiguous: passOn,
  limit_reached: passOn,
  referral_code_unknown: passOn,
  referral_own_code: passOn,
  referral_used: passOn,
  referral_too_late: passOn,
  referral_mutual: passOn,
  version_mismatch: passOn,
  quota_exceeded: ({ message, retryAfterMs = 0, quota }, code) =>
    problem(code, message, { headers: retryAfter(retryAfterMs), ...(quota !== undefined && { quota }) }),
  idempotency_key_reused: say('This Idempotency-Key was used with another request. Use a new key for each request.'),
  idempotency_in_progress: askToRetry('A request with this Idempotency-Key is still in progress.', 1_000),
  idempotency_secret_gone: say(
    'The request has succeeded, but the secret in its response can no longer be shown. Create another, and revoke this one.',
  ),
  identity_mismatch: say('The body and the token name different users.'),
  phone_unverified: say('The user has no verified phone number.'),
  invalid_credentials: askToSignIn('The e-mail address or the password is wrong.'),
  token_invalid: say('The one-time token is invalid, used or expired. Ask an admin for another.'),
  token_used: askToSignIn('This token was exchanged before. Get a new one from Clerk.'),
  session_ended: askToSignIn('The session has ended. Sign in again.'),
  user_deleted: askToSignIn('The user of this session was deleted.'),
  clerk_unavailable: askToRetry('Clerk is unavailable.', 5_000),
  clock_skew: (_, code) => retryLater(code, 'The clocks of the gateway and of a service differ.', 5_000),
  unavailable: askToRetry('A service is unavailable.', 1_000),
};

function refused(refusal: RequestRefusedError, request: RequestParts): ErrorResponse {
  const { reason, fields } = refusal;
  // After `unauthenticated`, our private key and the public key of the service do not match. The client cannot fix that.
  if (reason === 'unauthenticated' || reason === 'internal') return internal;
  const response = answers[reason](refusal, reason);
  return fields === undefined ? response : { ...response, errors: fields.map((one) => placedFault(one, request)) };
}

const byStatus = new Map(
  [
    problem('bad_request', 'The request cannot be read.'),
    problem('not_found', 'Not found.'),
    problem('method_not_allowed', 'This path does not support the method. See Allow.'),
    problem('request_timeout', 'The request took too long to arrive.'),
    problem('body_too_large', 'The body is larger than 64 KiB.'),
    problem('path_too_long', 'A part of the path is too long.'),
    problem('media_type_unsupported', 'The body must be application/json.'),
    problem('expectation_failed', 'The header Expect must be absent or have the value 100-continue.'),
    problem('headers_too_large', 'The headers are larger than 16 KiB.'),
  ].map((response) => [response.status, response]),
);

const jsonCodes: Record<JsonFault, ProblemCode> = {
  encoding: 'json_encoding_invalid',
  syntax: 'invalid_json',
  depth: 'invalid_json',
  number: 'invalid_json',
  repeated_member: 'json_member_repeated',
};

function jsonInvalid({ fault, message, path }: JsonInvalidError): ErrorResponse {
  const errors =
    path === undefined
      ? undefined
      : [{ in: 'body' as const, field: path.slice(0, maxFieldName), message: 'is repeated' }];
  return problem(jsonCodes[fault], message, errors && { errors });
}

/**
 * Returns the response for an error. An unknown error becomes a 500 without any detail of the error.
 * @param request names the places of fields that a service rejects
 */
export function errorResponse(error: unknown, request: RequestParts = {}): ErrorResponse {
  if (error instanceof CredentialRequestError) {
    const { code, message } = error;
    return problem(code, message, { headers: challenge('invalid_request', message) });
  }
  if (error instanceof CredentialMissingError) {
    return problem(error.code, error.message, { headers: challenge() });
  }
  if (
    error instanceof CredentialRefusedError ||
    error instanceof UserUnknownError ||
    error instanceof SignInLoopError
  ) {
    return unauthorized(error.code, error.message);
  }
  if (
    error instanceof KeysUnavailableError ||
    error instanceof RateLimitedError ||
    error instanceof RealtimeUnavailableError ||
    error instanceof UpstreamBusyError ||
    error instanceof StreamsUnavailableError
  ) {
    return retryLater(error.code, error.message, error.retryAfterMs);
  }
  if (error instanceof RateLimitUnavailableError) return retryLater(error.code, error.message, 1_000);
  if (error instanceof HandshakeInvalidError) {
    return problem(error.code, error.message, { headers: { 'sec-websocket-version': '13' } });
  }
  if (error instanceof MethodNotProxiedError) {
    return problem(error.code, error.message, { headers: { allow: error.allowed } });
  }
  if (error instanceof ScopeInsufficientError) return scopeInsufficient(error);
  if (isPlain(error)) return problem(error.code, error.message);
  if (error instanceof RequestInvalidError) return problem(error.code, error.message, { errors: error.faults });
  if (error instanceof JsonInvalidError) return jsonInvalid(error);
  if (error instanceof RequestRefusedError) return refused(error, request);
  return statusResponse(statusOf(error));
}

/**
 * Default response for a status code. Replaces the messages of Nest's and Fastify's errors, which may repeat the URL.
 */
export function statusResponse(status: number): ErrorResponse {
  const known = byStatus.get(status);
  if (known !== undefined) return known;
  return status >= 400 && status < 500 ? { status, code: 'bad_request' } : internal;
}

/** How errors of Nest (`getStatus`) and Fastify (`statusCode`) tell their status. */
interface StatedError {
  readonly statusCode?: unknown;
  getStatus?(): unknown;
}

/** Reads the status that Nest or Fastify gave an error; 500 for any other error. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const stated: StatedError = error;
  const status = typeof stated.getStatus === 'function' ? stated.getStatus() : stated.statusCode;
  return typeof status === 'number' ? status : 500;
}
