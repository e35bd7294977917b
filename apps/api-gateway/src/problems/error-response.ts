import { CredentialRefusedError, CredentialRequestError, type JsonFault, KeysUnavailableError } from '@gatehouse/auth';
import { type RequestErrorCode } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { HttpException } from '@nestjs/common';
import {
  AccountInactiveError,
  CredentialMissingError,
  type FieldFault,
  HttpsRequiredError,
  JsonInvalidError,
  LegacyTokensOffError,
  OriginNotAllowedError,
  RateLimitUnavailableError,
  RateLimitedError,
  RequestInvalidError,
  RoleInsufficientError,
  ScopeInsufficientError,
  SessionNeededError,
  SignInLoopError,
  UserUnknownError,
} from '../errors';
import { maxFieldName } from './field-faults';

/** HTTP response for an error. Errors become HTTP statuses in this file only. */
export interface ErrorResponse {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
}

const REALM = 'Bearer realm="gatehouse"';

/** Builds the header `WWW-Authenticate`; without `error` if the request has no credential (RFC 6750, section 3). */
function challenge(error?: 'invalid_request' | 'invalid_token', description?: string): ErrorResponse['headers'] {
  if (error === undefined) return { 'www-authenticate': REALM };
  const quoted = (description ?? '').replaceAll(/["\\]/g, "'");
  return { 'www-authenticate': `${REALM}, error="${error}", error_description="${quoted}"` };
}

const unauthorized = (code: string, detail: string): ErrorResponse => ({
  status: 401,
  code,
  detail,
  headers: challenge('invalid_token', detail),
});

const unavailable = (code: string, detail: string, retryAfterSeconds: number): ErrorResponse => ({
  status: 503,
  code,
  detail,
  headers: { 'retry-after': String(retryAfterSeconds) },
});

const forbidden = [
  AccountInactiveError,
  RoleInsufficientError,
  SessionNeededError,
  HttpsRequiredError,
  OriginNotAllowedError,
];

const tooManyRequests = ({ code, message, retryAfterMs }: RateLimitedError): ErrorResponse => ({
  status: 429,
  code,
  detail: message,
  headers: { 'retry-after': String(wholeSeconds(retryAfterMs)) },
});

/** Rounds up to whole seconds, at least `1`, as `Retry-After` takes them. */
function wholeSeconds(ms: number): number {
  return Math.max(Math.ceil(ms / 1_000), 1);
}

/** RFC 6750 section 3.1. */
const scopeInsufficient = ({ code, message, scope }: ScopeInsufficientError): ErrorResponse => ({
  status: 403,
  code,
  detail: message,
  headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
});

const internal: ErrorResponse = { status: 500, code: 'internal' };

/**
 * By error code of a service: the response. The detail of the service is passed on only where it is meant for the
 * caller.
 */
const refusals: Record<RequestErrorCode, (detail: string, retryAfterMs?: number) => ErrorResponse> = {
  invalid_request: (detail) => ({ status: 400, code: 'invalid_request', detail }),
  forbidden: (detail) => ({ status: 403, code: 'forbidden', detail }),
  not_found: (detail) => ({ status: 404, code: 'not_found', detail }),
  conflict: (detail) => ({ status: 409, code: 'conflict', detail }),
  last_admin: (detail) => ({ status: 409, code: 'last_admin', detail }),
  user_ambiguous: (detail) => ({ status: 409, code: 'user_ambiguous', detail }),
  limit_reached: (detail) => ({ status: 403, code: 'limit_reached', detail }),
  identity_mismatch: () => ({
    status: 403,
    code: 'identity_mismatch',
    detail: 'The body and the token name different users.',
  }),
  phone_unverified: () => ({
    status: 403,
    code: 'phone_unverified',
    detail: 'The user has no verified phone number.',
  }),
  invalid_credentials: () => unauthorized('invalid_credentials', 'The e-mail address or the password is wrong.'),
  token_invalid: () => ({
    status: 400,
    code: 'token_invalid',
    detail: 'The one-time token is invalid, used or expired. Ask an admin for another.',
  }),
  token_used: () => unauthorized('token_used', 'This token was exchanged before. Get a new one from Clerk.'),
  session_ended: () => unauthorized('session_ended', 'The session has ended. Sign in again.'),
  user_deleted: () => unauthorized('user_deleted', 'The user of this session was deleted.'),
  clerk_unavailable: (_, retryAfterMs = 5_000) =>
    unavailable('clerk_unavailable', 'Clerk is unavailable.', wholeSeconds(retryAfterMs)),
  clock_skew: () => unavailable('clock_skew', 'The clocks of the gateway and of a service differ.', 5),
  unavailable: (_, retryAfterMs = 1_000) =>
    unavailable('unavailable', 'A service is unavailable.', wholeSeconds(retryAfterMs)),
  // The service rejected our envelope: our private key and the public key of the service do not match. The client
  // cannot fix that.
  unauthenticated: () => internal,
  internal: () => internal,
};

const byStatus: Record<number, { readonly code: string; readonly detail: string }> = {
  400: { code: 'bad_request', detail: 'The request cannot be read.' },
  404: { code: 'not_found', detail: 'Not found.' },
  405: { code: 'method_not_allowed', detail: 'This path does not support the method. See Allow.' },
  408: { code: 'request_timeout', detail: 'The request took too long to arrive.' },
  413: { code: 'body_too_large', detail: 'The body is larger than 64 KiB.' },
  414: { code: 'path_too_long', detail: 'A part of the path is too long.' },
  415: { code: 'media_type_unsupported', detail: 'The body must be application/json.' },
  431: { code: 'headers_too_large', detail: 'The headers are larger than 16 KiB.' },
};

const jsonCodes: Record<JsonFault, string> = {
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
  return { status: 400, code: jsonCodes[fault], detail: message, ...(errors !== undefined && { errors }) };
}

/** Returns the response for an error. An unknown error becomes a 500 without any detail of the error. */
export function errorResponse(error: unknown): ErrorResponse {
  if (error instanceof CredentialRequestError) {
    const { code, message: detail } = error;
    return { status: 400, code, detail, headers: challenge('invalid_request', detail) };
  }
  if (error instanceof CredentialMissingError) {
    return { status: 401, code: error.code, detail: error.message, headers: challenge() };
  }
  if (
    error instanceof CredentialRefusedError ||
    error instanceof UserUnknownError ||
    error instanceof SignInLoopError
  ) {
    return unauthorized(error.code, error.message);
  }
  if (error instanceof KeysUnavailableError) {
    return unavailable(error.code, error.message, wholeSeconds(error.retryAfterMs));
  }
  if (error instanceof RateLimitUnavailableError) return unavailable(error.code, error.message, 1);
  if (error instanceof RateLimitedError) return tooManyRequests(error);
  if (error instanceof ScopeInsufficientError) return scopeInsufficient(error);
  if (forbidden.some((kind) => error instanceof kind)) {
    const { code, message } = error as Error & { readonly code: string };
    return { status: 403, code, detail: message };
  }
  if (error instanceof LegacyTokensOffError) return { status: 501, code: error.code, detail: error.message };
  if (error instanceof RequestInvalidError) {
    return { status: 400, code: error.code, detail: error.message, errors: error.faults };
  }
  if (error instanceof JsonInvalidError) return jsonInvalid(error);
  if (error instanceof RequestRefusedError) return refusals[error.reason](error.message, error.retryAfterMs);
  return statusResponse(statusOf(error));
}

/**
 * Default response for a status code. Replaces the messages of Nest's and Fastify's errors, which may repeat the URL.
 */
export function statusResponse(status: number): ErrorResponse {
  const known = byStatus[status];
  if (known !== undefined) return { status, ...known };
  return status >= 400 && status < 500 ? { status, code: 'bad_request' } : internal;
}

/** Reads the status that Nest or Fastify gave an error; 500 for any other error. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const hasStatus = typeof error === 'object' && error !== null && 'statusCode' in error;
  return hasStatus && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
