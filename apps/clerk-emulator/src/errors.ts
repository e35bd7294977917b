import { codedError } from '@gatehouse/errors';
import { ClerkApiError, clerkError, type ClerkErrorItem } from './clerk/clerk-api-error';

/** STATE_FILE cannot be read or does not hold an emulator's state. */
export class StateFileInvalidError extends codedError(
  'STATE_FILE_INVALID',
  (path: string) => `STATE_FILE ${path} does not hold a readable emulator state; move it away or name another file`,
) {}

/** The emulator cannot listen on its host and port. */
export class ListenFailedError extends codedError(
  'LISTEN_FAILED',
  (host: string, port: number, reason: string) => `cannot listen on ${host}:${port}: ${reason}; set PORT or HOST`,
) {
  constructor(host: string, port: number, options: ErrorOptions) {
    const isTaken = (options.cause as { code?: string }).code === 'EADDRINUSE';
    super(host, port, isTaken ? 'the port is taken' : 'the system rejected it', options);
  }
}

/** A delivery or state that a test waited for did not come in time. */
export class NothingCameError extends codedError(
  'NOTHING_CAME',
  (what: string, timeoutMs: number) => `no ${what} within ${timeoutMs} ms`,
) {}

// Errors of HTTP requests, answered with Clerk's error body. Where Clerk has the same error, code and text are Clerk's.

/** No resource of this kind has the id. */
export class ResourceNotFoundError extends clerkError(404, 'resource_not_found', (noun: string, id: string) => ({
  message: 'not found',
  longMessage: `No ${noun} was found with id ${id}`,
})) {}

/** No route has this method and path. */
export class RouteNotFoundError extends clerkError(404, 'resource_not_found', (method: string, path: string) => ({
  message: 'not found',
  longMessage: `No endpoint was found for ${method} ${path}`,
})) {}

/** The session has ended and gets no more tokens. */
export class SessionNotActiveError extends clerkError(404, 'resource_not_found', (id: string) => ({
  message: 'not found',
  longMessage: `No active session was found with id ${id}`,
})) {}

/** The Authorization header is missing or is not a Bearer credential. */
export class AuthorizationHeaderInvalidError extends clerkError(401, 'authorization_header_format_invalid', {
  message: 'Invalid Authorization header format',
  longMessage: 'Invalid Authorization header format. Must be "Bearer <YOUR_API_KEY>"',
}) {}

/** The Bearer credential is not the secret key of this emulator (`CLERK_SECRET_KEY`). */
export class SecretKeyInvalidError extends clerkError(401, 'clerk_key_invalid', {
  message: 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.',
}) {}

/**
 * The request names an API version that Clerk never published, or names one both in the header and in the query. Clerk
 * does not document the code of this error.
 */
export class ApiVersionInvalidError extends clerkError(400, 'api_version_invalid', (longMessage: string) => ({
  message: 'Invalid API version',
  longMessage,
})) {}

/** The body is not JSON, or not an object. */
export class RequestBodyInvalidError extends clerkError(400, 'request_body_invalid', {
  message: 'Request body invalid',
  longMessage: 'The request body is invalid. Please consult the API documentation for more information.',
}) {}

/** The body exceeds the limit. */
export class RequestTooLargeError extends clerkError(413, 'request_too_large', {
  message: 'The request body is larger than 1 MiB.',
}) {}

/** The body is not declared as JSON. */
export class ContentTypeUnsupportedError extends clerkError(415, 'unsupported_content_type', {
  message: 'The Content-Type must be application/json.',
}) {}

/** A request that Fastify or Nest rejects and for which no other class of this file fits. */
export class RequestInvalidError extends ClerkApiError {
  readonly code = 'request_invalid';
  constructor(status: number) {
    const message = 'The request is invalid.';
    super(status, [{ code: 'request_invalid', message, longMessage: message }]);
  }
}

/** A defect of the emulator; the log has the cause. */
export class UnexpectedError extends clerkError(500, 'internal_clerk_error', {
  message: 'Oops, an unexpected error occurred.',
}) {}

/** One or more invalid parameters. Each item has its own code; `code` names the error as a whole. */
export class FormInvalidError extends ClerkApiError {
  readonly code = 'form_param_format_invalid';
  constructor(faults: readonly ClerkErrorItem[]) {
    super(422, faults);
  }
}

/** A new user has neither an e-mail address nor a phone number nor a username. */
export class FormDataMissingError extends clerkError(422, 'form_data_missing', {
  message: 'missing data',
  longMessage:
    '["email_address" "phone_number" "username"] data doesn\'t match user requirements set for this instance',
}) {}

/** Another user has the e-mail address, phone number, username or external id. */
export class IdentifierExistsError extends clerkError(422, 'form_identifier_exists', (param: string) => ({
  message: `That ${param.replaceAll('_', ' ')} is taken. Please try another.`,
  param,
})) {}

/** A parameter has the right type but an unusable value, such as the id of another user's address. */
export class ParamValueInvalidError extends clerkError(
  422,
  'form_param_value_invalid',
  (param: string, longMessage: string) => ({ message: 'is invalid', longMessage, param }),
) {}

/** Metadata is larger than 8 KB or nested deeper than 100 levels. */
export class MetadataInvalidError extends clerkError(
  422,
  'form_param_value_too_large',
  (param: string, longMessage: string) => ({ message: 'is too large', longMessage, param }),
) {}

/** The emulator has the maximum number of users. */
export class UserQuotaExceededError extends clerkError(403, 'user_quota_exceeded', (limit: number) => ({
  message: 'user quota exceeded',
  longMessage: `The emulator keeps at most ${limit} users; delete some, or reset it.`,
})) {}

/** The emulator has the maximum number of resources of this kind. */
export class TooManyResourcesError extends clerkError(
  422,
  'resource_limit_exceeded',
  (noun: string, limit: number) => ({
    message: 'too many',
    longMessage: `At most ${limit} ${noun} are kept; delete one first.`,
  }),
) {}

/** The webhooks of generated users or of a history do not fit into the queue. */
export class QueueTooSmallError extends clerkError(422, 'queue_too_small', (events: number, limit: number) => ({
  message: 'too many webhooks',
  longMessage: `${events} webhooks do not fit into the queue of ${limit}; ask for fewer, or for none.`,
})) {}

/** The active key cannot be removed from the JWKS. */
export class KeyActiveError extends clerkError(422, 'key_active', (kid: string) => ({
  message: 'Key is active',
  longMessage: `The key ${kid} signs tokens; rotate before you retire it.`,
})) {}

/** The Host header is a name that others could point at this machine (DNS rebinding). */
export class ForeignHostError extends clerkError(403, 'host_not_allowed', {
  message: 'Host not allowed',
  longMessage: 'The emulator answers only under local names and addresses, or under the name in HOST or CLERK_ISSUER.',
}) {}

/** A page of another site made the browser send the request. */
export class ForeignOriginError extends clerkError(403, 'origin_not_allowed', {
  message: 'Origin not allowed',
  longMessage: 'This part of the emulator answers programs and its own page, not pages of other sites.',
}) {}

/** The limit of open event streams is reached; each open page of the emulator in a browser holds one. */
export class TooManyStreamsError extends clerkError(503, 'too_many_streams', {
  message: 'Too many streams',
  longMessage: 'Too many pages are open; close some of them.',
}) {}

/** A rate limit is exceeded, or the fault `api_429` applies. */
export class TooManyRequestsError extends clerkError(429, 'too_many_requests', (_retryAfterSeconds: number) => ({
  message: 'Too many requests',
  longMessage: 'Too many requests, retry later',
})) {
  override readonly headers: Readonly<Record<string, string>>;
  constructor(retryAfterSeconds: number) {
    super(retryAfterSeconds);
    this.headers = { 'retry-after': String(retryAfterSeconds) };
  }
}

/** Answer of the fault `api_408`. */
export class RequestTimedOutError extends clerkError(408, 'request_timeout', {
  message: 'Request timeout',
  longMessage: 'The request took too long to arrive, retry it',
}) {}

/** Answer of the fault `api_409`. Clerk answers this while another request changes the same resource. */
export class ResourceLockedError extends clerkError(409, 'resource_locked', {
  message: 'Resource locked',
  longMessage: 'Another request is changing this resource, retry later',
}) {}

/** Answer of the fault `api_500`, with the status that its rule sets. */
export class InjectedServerError extends ClerkApiError {
  readonly code = 'internal_clerk_error';
  constructor(status: number) {
    const longMessage = 'Something went wrong on our end. A fault rule of the emulator asked for this answer.';
    super(status, [{ code: 'internal_clerk_error', message: 'Oops, an unexpected error occurred', longMessage }]);
  }
}
