import { type FailureFacts } from '@gatehouse/lifecycle';

/** An event that no other try can help: what is wrong with which field, never the value. */
export class EventInvalidError extends Error {
  readonly code = 'EVENT_INVALID';

  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'EventInvalidError';
  }
}

/** A message of the stream that does not say which event it is; there is nobody to report it to. */
export class MessageUndecodableError extends Error {
  readonly code = 'MESSAGE_UNDECODABLE';

  constructor(cause: unknown) {
    super('a message carries no usable event headers', { cause });
    this.name = 'MessageUndecodableError';
  }
}

/** A wish to be left alone for longer is not believed; milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What Clerk answered. `status` is absent when there was no answer; `retryAfterMs` is Clerk's wish, at most an hour. */
export interface ClerkAnswer {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterMs?: number;
}

/** Clerk refused, did not answer, or answered with something else. */
export class ClerkRequestError extends Error {
  readonly code: 'CLERK_REQUEST_FAILED' | 'CLERK_AWAY' = 'CLERK_REQUEST_FAILED';
  readonly answer: ClerkAnswer;

  constructor(
    readonly kind: Extract<FailureFacts['kind'], 'clerk' | 'network'>,
    answer: ClerkAnswer,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ClerkRequestError';
    const { retryAfterMs, ...rest } = answer;
    const believed = retryAfterMs !== undefined && Number.isFinite(retryAfterMs);
    this.answer = believed ? { ...rest, retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) } : rest;
  }
}

/**
 * Clerk as a whole does not answer, or wants to be left alone: no failure of whatever it was to be asked about. Waiting
 * for it uses up no try.
 */
export class ClerkAwayError extends ClerkRequestError {
  override readonly code = 'CLERK_AWAY';

  constructor(...failure: ConstructorParameters<typeof ClerkRequestError>) {
    super(...failure);
    this.name = 'ClerkAwayError';
  }
}

/** Clerk does not know a user that an event told of. Not a deletion by itself: only a `user.deleted` is. */
export class UserMissingAtClerkError extends Error {
  readonly code = 'USER_MISSING_AT_CLERK';

  constructor() {
    super('Clerk does not know this user; only a user.deleted event deletes it here');
    this.name = 'UserMissingAtClerkError';
  }
}

/** Clerk does not know a session that a token of its names. */
export class SessionMissingAtClerkError extends Error {
  readonly code = 'SESSION_MISSING_AT_CLERK';

  constructor() {
    super('Clerk does not know this session');
    this.name = 'SessionMissingAtClerkError';
  }
}

/** What stands in the column of a password's hash is none. */
export class PasswordHashInvalidError extends Error {
  readonly code = 'PASSWORD_HASH_INVALID';

  constructor() {
    super('a stored password hash is not readable');
    this.name = 'PasswordHashInvalidError';
  }
}

/** Clerk does not know the user after whom a walk was to go on. */
export class CursorGoneError extends Error {
  readonly code = 'CURSOR_GONE';

  constructor() {
    super('Clerk does not know the user after whom to go on');
    this.name = 'CursorGoneError';
  }
}

/** A walk over Clerk's users is over before its end, and goes on when this process or another comes back to it. */
export class ReconcileInterruptedError extends Error {
  readonly code = 'RECONCILE_INTERRUPTED';

  constructor() {
    super('the walk was interrupted');
    this.name = 'ReconcileInterruptedError';
  }
}

/** Users in a conflict could not be settled in one transaction; nothing was written. Never leaves the resolution. */
export class ConflictChangedError extends Error {
  readonly code = 'CONFLICT_CHANGED';

  constructor(readonly needs: 'fetch' | 'fetch-later' | 'confirm' | 'resolve') {
    super('the users of a conflict changed while it was settled');
    this.name = 'ConflictChangedError';
  }
}

/** More users hold each other's addresses than are settled at once. */
export class ConflictTooWideError extends Error {
  readonly code = 'CONFLICT_TOO_WIDE';

  constructor(users: number) {
    super(`more than ${users} users claim each other's addresses`);
    this.name = 'ConflictTooWideError';
  }
}

/** The row and Clerk's answers kept changing while they were compared. */
export class UserUnsettledError extends Error {
  readonly code = 'USER_UNSETTLED';

  constructor(rounds: number) {
    super(`the user kept changing during ${rounds} comparisons with Clerk`);
    this.name = 'UserUnsettledError';
  }
}

/** An event whose handling ended the process as often as it may be tried. */
export class PoisonEventError extends Error {
  readonly code = 'POISON_EVENT';

  constructor(deliveries: number) {
    super(`the event was delivered ${deliveries} times without an end`);
    this.name = 'PoisonEventError';
  }
}

/**
 * The database refused a statement. Carries neither statement, parameters nor PostgreSQL's own words: they hold personal
 * data and would end in the logs.
 */
export class DatabaseRefusedError extends Error {
  readonly code = 'DATABASE_REFUSED';

  constructor(
    readonly sqlState: string,
    readonly constraint: string | undefined,
  ) {
    super(`the database refused a statement (${sqlState}${constraint === undefined ? '' : `, ${constraint}`})`);
    this.name = 'DatabaseRefusedError';
  }
}

/** An operator's command cannot make this user an admin. */
export class AdminRefusedError extends Error {
  readonly code = 'ADMIN_REFUSED';

  constructor(reason: string) {
    super(reason);
    this.name = 'AdminRefusedError';
  }
}

/** No more promises of the admin role can be open at once. */
export class TooManyPromisesError extends Error {
  readonly code = 'TOO_MANY_PROMISES';

  constructor(max: number) {
    super(`${max} promises of the admin role are open: cancel one first`);
    this.name = 'TooManyPromisesError';
  }
}

/** Whether the error is one of these: its message is known to hold nothing personal. */
export function isOwnError(error: unknown): boolean {
  return [
    EventInvalidError,
    ClerkRequestError,
    UserMissingAtClerkError,
    UserUnsettledError,
    ConflictTooWideError,
    CursorGoneError,
    PoisonEventError,
    DatabaseRefusedError,
  ].some((type) => error instanceof type);
}
