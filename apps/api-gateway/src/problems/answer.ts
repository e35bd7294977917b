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

/** What an error means to the client: the one place where errors become HTTP. */
export interface Answer {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
}

const REALM = 'Bearer realm="gatehouse"';

/** RFC 6750 section 3: no error code when no credential was given. */
function challenge(error?: 'invalid_request' | 'invalid_token', description?: string): Answer['headers'] {
  if (error === undefined) return { 'www-authenticate': REALM };
  const quoted = (description ?? '').replaceAll(/["\\]/g, "'");
  return { 'www-authenticate': `${REALM}, error="${error}", error_description="${quoted}"` };
}

const unauthorized = (code: string, detail: string): Answer => ({
  status: 401,
  code,
  detail,
  headers: challenge('invalid_token', detail),
});

const unavailable = (code: string, detail: string, retryAfterSeconds: number): Answer => ({
  status: 503,
  code,
  detail,
  headers: { 'retry-after': String(retryAfterSeconds) },
});

const forbidding = [
  AccountInactiveError,
  RoleInsufficientError,
  SessionNeededError,
  HttpsRequiredError,
  OriginNotAllowedError,
];

const tooMany = ({ code, message, retryAfterMs }: RateLimitedError): Answer => ({
  status: 429,
  code,
  detail: message,
  headers: { 'retry-after': String(secondsOf(retryAfterMs)) },
});

/** Whole seconds, at least one: what `Retry-After` takes. */
function secondsOf(ms: number): number {
  return Math.max(Math.ceil(ms / 1_000), 1);
}

/** RFC 6750 section 3.1. */
const scopeInsufficient = ({ code, message, scope }: ScopeInsufficientError): Answer => ({
  status: 403,
  code,
  detail: message,
  headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
});

const internal: Answer = { status: 500, code: 'internal' };

/** Of a service's words only those are repeated that are meant for the caller. */
const refusals: Record<RequestErrorCode, (detail: string, retryAfterMs?: number) => Answer> = {
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
    detail: 'the body names somebody else than the token',
  }),
  phone_unverified: () => ({
    status: 403,
    code: 'phone_unverified',
    detail: 'the user has no phone number that is verified',
  }),
  invalid_credentials: () => unauthorized('invalid_credentials', 'the address or the password is wrong'),
  token_invalid: () => ({ status: 400, code: 'token_invalid', detail: 'the one-time token is of no use' }),
  token_used: () => unauthorized('token_used', 'this token was exchanged before'),
  session_ended: () => unauthorized('session_ended', 'the session has ended'),
  user_deleted: () => unauthorized('user_deleted', 'the user of this session was deleted'),
  clerk_unavailable: (_, retryAfterMs = 5_000) =>
    unavailable('clerk_unavailable', 'Clerk does not answer', secondsOf(retryAfterMs)),
  clock_skew: () => unavailable('clock_skew', 'the clocks of the gateway and of a service differ', 5),
  unavailable: (_, retryAfterMs = 1_000) =>
    unavailable('unavailable', 'a service does not answer', secondsOf(retryAfterMs)),
  // The service did not believe our envelope: their keys are no pair, and the client cannot help it.
  unauthenticated: () => internal,
  internal: () => internal,
};

const byStatus: Record<number, { readonly code: string; readonly detail: string }> = {
  400: { code: 'bad_request', detail: 'the request cannot be read' },
  404: { code: 'not_found', detail: 'there is nothing here' },
  405: { code: 'method_not_allowed', detail: 'the method is not allowed here' },
  408: { code: 'request_timeout', detail: 'the request took too long to arrive' },
  413: { code: 'body_too_large', detail: 'the body is larger than 64 KiB' },
  414: { code: 'path_too_long', detail: 'a part of the path is too long' },
  415: { code: 'media_type_unsupported', detail: 'the body must be application/json' },
  431: { code: 'headers_too_large', detail: 'the headers are larger than 16 KiB' },
};

const jsonCodes: Record<JsonFault, string> = {
  encoding: 'json_encoding_invalid',
  syntax: 'invalid_json',
  depth: 'invalid_json',
  number: 'invalid_json',
  repeated_member: 'json_member_repeated',
};

function badJson({ fault, message, path }: JsonInvalidError): Answer {
  const errors =
    path === undefined
      ? undefined
      : [{ in: 'body' as const, field: path.slice(0, maxFieldName), message: 'is repeated' }];
  return { status: 400, code: jsonCodes[fault], detail: message, ...(errors !== undefined && { errors }) };
}

/** What an error means to the client; of an unknown one, nothing is told. */
export function answerTo(error: unknown): Answer {
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
    return unavailable(error.code, error.message, secondsOf(error.retryAfterMs));
  }
  if (error instanceof RateLimitUnavailableError) return unavailable(error.code, error.message, 1);
  if (error instanceof RateLimitedError) return tooMany(error);
  if (error instanceof ScopeInsufficientError) return scopeInsufficient(error);
  if (forbidding.some((kind) => error instanceof kind)) {
    const { code, message } = error as Error & { readonly code: string };
    return { status: 403, code, detail: message };
  }
  if (error instanceof LegacyTokensOffError) return { status: 501, code: error.code, detail: error.message };
  if (error instanceof RequestInvalidError) {
    return { status: 400, code: error.code, detail: error.message, errors: error.faults };
  }
  if (error instanceof JsonInvalidError) return badJson(error);
  if (error instanceof RequestRefusedError) return refusals[error.reason](error.message, error.retryAfterMs);
  return answerToStatus(error);
}

/** Nest's and Fastify's own errors: their messages may repeat the URL, so ours are told. */
function answerToStatus(error: unknown): Answer {
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  return answerWithStatus(status);
}

/** The answer of a status that needs no more words. */
export function answerWithStatus(status: number): Answer {
  const known = byStatus[status];
  if (known !== undefined) return { status, ...known };
  return status >= 400 && status < 500 ? { status, code: 'bad_request' } : internal;
}

function statusOf(error: unknown): number {
  const carries = typeof error === 'object' && error !== null && 'statusCode' in error;
  return carries && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
