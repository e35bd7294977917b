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

/** 404: nothing of that kind has that id. */
export class ResourceNotFoundError extends ClerkApiError {
  readonly status = 404;
  readonly code = 'resource_not_found';
  constructor(noun: string, id: string) {
    super([{ message: 'not found', longMessage: `No ${noun} was found with id ${id}` }]);
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

/** 403: a user whom directory sync has deprovisioned cannot sign in. */
export class UserDeactivatedError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'user_deactivated';
  constructor() {
    super([{ message: 'User is deactivated', longMessage: 'This user is deactivated and cannot sign in.' }]);
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

/** 5xx: a fault that says so. */
export class InjectedServerError extends ClerkApiError {
  readonly code = 'internal_clerk_error';
  constructor(readonly status: number) {
    const longMessage = 'Something went wrong on our end. This answer was asked for by a fault rule of the emulator.';
    super([{ message: 'Oops, an unexpected error occurred', longMessage }]);
  }
}

/** No delivery, or no code, came that a test waited for. */
export class NothingCameError extends Error {
  readonly code = 'NOTHING_CAME';
  constructor(what: string, timeoutMs: number) {
    super(`no ${what} within ${timeoutMs} ms`);
  }
}
