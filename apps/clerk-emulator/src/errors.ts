/** STATE_FILE cannot be read or does not hold an emulator's state. */
export class StateFileInvalidError extends Error {
  readonly code = 'STATE_FILE_INVALID';
  constructor(path: string, cause: unknown) {
    super(`STATE_FILE ${path} does not hold a readable emulator state; move it away or name another file`, { cause });
  }
}

/** The emulator cannot listen where it should. */
export class ListenFailedError extends Error {
  readonly code = 'LISTEN_FAILED';
  constructor(host: string, port: number, cause: unknown) {
    const reason = (cause as { code?: string }).code === 'EADDRINUSE' ? 'the port is taken' : 'the system refused it';
    super(`cannot listen on ${host}:${port}: ${reason}; set PORT or HOST`, { cause });
  }
}

/** One entry of the `errors` array in a Clerk error answer. */
export interface ClerkErrorItem {
  readonly code: string;
  readonly message: string;
  readonly longMessage: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** An answer in Clerk's error shape; each subclass is one of Clerk's codes. */
export abstract class ClerkApiError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>> = {};
  /** @param items what the answer lists; one entry for each fault found */
  constructor(readonly items: readonly Omit<ClerkErrorItem, 'code'>[]) {
    super(items.map((item) => item.longMessage).join(' '));
  }

  /** The `errors` array of the answer. */
  get errors(): ClerkErrorItem[] {
    return this.items.map((item) => ({ ...item, code: this.code }));
  }
}

/** 401: the Authorization header is missing or is not a Bearer credential. */
export class AuthorizationHeaderInvalidError extends ClerkApiError {
  readonly status = 401;
  readonly code = 'authorization_header_format_invalid';
  constructor() {
    const message = 'Invalid Authorization header format';
    super([{ message, longMessage: `${message}. Must be "Bearer <YOUR_API_KEY>"` }]);
  }
}

/** 401: the secret key is not this instance's. */
export class SecretKeyInvalidError extends ClerkApiError {
  readonly status = 401;
  readonly code = 'clerk_key_invalid';
  constructor() {
    const message = 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.';
    super([{ message, longMessage: message }]);
  }
}

/** 404: nothing of that kind has that id. */
export class ResourceNotFoundError extends ClerkApiError {
  readonly status = 404;
  readonly code = 'resource_not_found';
  constructor(noun: string, id: string) {
    super([{ message: 'not found', longMessage: `No ${noun} was found with id ${id}` }]);
  }
}

/** 404: a session that has ended gives no tokens. */
export class SessionNotActiveError extends ClerkApiError {
  readonly status = 404;
  readonly code = 'resource_not_found';
  constructor(id: string) {
    super([{ message: 'not found', longMessage: `No active session was found with id ${id}` }]);
  }
}

/** 404: no such route. */
export class RouteNotFoundError extends ClerkApiError {
  readonly status = 404;
  readonly code = 'resource_not_found';
  constructor(method: string, path: string) {
    super([{ message: 'not found', longMessage: `No endpoint was found for ${method} ${path}` }]);
  }
}

/** 400: the body is not JSON, or not an object. */
export class RequestBodyInvalidError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'request_body_invalid';
  constructor() {
    const longMessage = 'The request body is invalid. Please consult the API documentation for more information.';
    super([{ message: 'Request body invalid', longMessage }]);
  }
}

/** 422: the whole request lacks what it needs. */
export class FormDataMissingError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_data_missing';
  constructor() {
    const longMessage =
      '["email_address" "phone_number" "username"] data doesn\'t match user requirements set for this instance';
    super([{ message: 'missing data', longMessage }]);
  }
}

/** 422: an e-mail address, phone number, username or external id belongs to somebody already. */
export class IdentifierExistsError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_identifier_exists';
  constructor(paramName: string) {
    const message = `That ${paramName.replaceAll('_', ' ')} is taken. Please try another.`;
    super([{ message, longMessage: message, meta: { param_name: paramName } }]);
  }
}

/** 422: an id in the body names nothing that belongs to this user. */
export class ParamValueInvalidError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_param_value_invalid';
  constructor(paramName: string, longMessage: string) {
    super([{ message: 'is invalid', longMessage, meta: { param_name: paramName } }]);
  }
}

/** 422: metadata above 8 KB, or nested beyond reason. */
export class MetadataInvalidError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_param_value_too_large';
  constructor(paramName: string, longMessage: string) {
    super([{ message: 'is too large', longMessage, meta: { param_name: paramName } }]);
  }
}

/** 422: faults in single parameters, each with its own code. */
export class FormInvalidError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_param_format_invalid';
  constructor(private readonly faults: readonly ClerkErrorItem[]) {
    super(faults);
  }
  override get errors(): ClerkErrorItem[] {
    return [...this.faults];
  }
}

/** 403: a banned user cannot sign in. */
export class UserBannedError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'user_banned';
  constructor() {
    super([{ message: 'User is banned', longMessage: 'This user is banned and cannot sign in.' }]);
  }
}

/** 403: a locked user cannot sign in. */
export class UserLockedError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'user_locked';
  constructor() {
    super([{ message: 'User is locked', longMessage: 'This user is locked and cannot sign in.' }]);
  }
}

/** 422: no more of them are kept. */
export class TooManyResourcesError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'resource_limit_exceeded';
  constructor(noun: string, limit: number) {
    super([{ message: 'too many', longMessage: `At most ${limit} ${noun} are kept; delete one first.` }]);
  }
}

/** 403: the instance has as many users as it may. */
export class UserQuotaExceededError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'user_quota_exceeded';
  constructor(limit: number) {
    const longMessage = `The emulator keeps ${limit} users at most; delete some, or reset it.`;
    super([{ message: 'user quota exceeded', longMessage }]);
  }
}

/** 429: too many requests in the window, or a fault that says so. */
export class TooManyRequestsError extends ClerkApiError {
  readonly status = 429;
  readonly code = 'too_many_requests';
  override readonly headers: Readonly<Record<string, string>>;
  constructor(retryAfterSeconds: number) {
    super([{ message: 'Too many requests', longMessage: 'Too many requests, retry later' }]);
    this.headers = { 'retry-after': String(retryAfterSeconds) };
  }
}

/** 408: a fault that says so. */
export class RequestTimedOutError extends ClerkApiError {
  readonly status = 408;
  readonly code = 'request_timeout';
  constructor() {
    super([{ message: 'Request timeout', longMessage: 'The request took too long to arrive, retry it' }]);
  }
}

/** 409: a fault that says so; at Clerk, another request is at work on the same resource. */
export class ResourceLockedError extends ClerkApiError {
  readonly status = 409;
  readonly code = 'resource_locked';
  constructor() {
    super([{ message: 'Resource locked', longMessage: 'Another request is changing this resource, retry later' }]);
  }
}

/** 5xx: a fault that says so. */
export class InjectedServerError extends ClerkApiError {
  readonly code = 'internal_clerk_error';
  constructor(readonly status: number) {
    const longMessage = 'Something went wrong on our end. This answer was asked for by a fault rule of the emulator.';
    super([{ message: 'Oops, an unexpected error occurred', longMessage }]);
  }
}

/** 422: the key that signs cannot be taken out of the JWKS. */
export class KeyActiveError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'key_active';
  constructor(kid: string) {
    super([{ message: 'Key is active', longMessage: `The key ${kid} signs tokens; rotate before you retire it.` }]);
  }
}

/** 422: nobody has this e-mail address or phone number. */
export class IdentifierNotFoundError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_identifier_not_found';
  constructor() {
    const message = "Couldn't find your account.";
    super([{ message, longMessage: message, meta: { param_name: 'identifier' } }]);
  }
}

/** 422: that was not the code. */
export class CodeIncorrectError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_code_incorrect';
  constructor() {
    super([{ message: 'is incorrect', longMessage: 'Incorrect code', meta: { param_name: 'code' } }]);
  }
}

/** 400: the code is too old. */
export class VerificationExpiredError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_expired';
  constructor() {
    const longMessage = 'This verification has expired. You must create a new one.';
    super([{ message: 'has expired', longMessage }]);
  }
}

/** 400: too many wrong codes. */
export class VerificationFailedError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_failed';
  constructor() {
    const longMessage = 'Too many failed attempts. You have to try again with the same or another method.';
    super([{ message: 'failed', longMessage }]);
  }
}

/** 400: the code has been used. */
export class VerificationDoneError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_already_verified';
  constructor() {
    super([{ message: 'already verified', longMessage: 'This verification has already been verified.' }]);
  }
}

/** 400: an impersonation ticket that was used, was revoked or is too old. */
export class TicketInvalidError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'ticket_invalid_code';
  constructor() {
    super([{ message: 'Ticket is invalid', longMessage: 'The ticket is unknown, used, revoked or expired.' }]);
  }
}

/** 422: so many webhooks do not fit into the queue. */
export class QueueTooSmallError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'queue_too_small';
  constructor(events: number, limit: number) {
    const longMessage = `${events} webhooks do not fit into the queue of ${limit}; ask for fewer, or for none.`;
    super([{ message: 'too many webhooks', longMessage }]);
  }
}

/** No delivery, or no code, came that a test waited for. */
export class NothingCameError extends Error {
  readonly code = 'NOTHING_CAME';
  constructor(what: string, timeoutMs: number) {
    super(`no ${what} within ${timeoutMs} ms`);
  }
}
