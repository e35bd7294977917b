import { codedError } from '@gatehouse/errors';
import { type FailureFacts } from '@gatehouse/lifecycle';

/**
 * An event whose data is invalid, so that a retry cannot help. The message names the field and the problem, never the
 * value.
 */
export class EventInvalidError extends codedError('EVENT_INVALID', (problem: string) => problem) {}

/** A message of the stream whose headers do not identify an event, so that no outcome can be reported for it. */
export class MessageUndecodableError extends codedError(
  'MESSAGE_UNDECODABLE',
  'The headers of the message do not identify an event.',
) {}

/** The longest `Retry-After` that is obeyed; milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What Clerk answered. `status` is absent without an answer; `retryAfterMs` is at most one hour. */
export interface ClerkAnswer {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterMs?: number;
}

/** A request to Clerk that was rejected, was not answered, or got an answer of an unexpected shape. */
export class ClerkRequestError extends Error {
  readonly code: 'CLERK_REQUEST_FAILED' | 'CLERK_AWAY' = 'CLERK_REQUEST_FAILED';
  readonly answer: ClerkAnswer;

  constructor(
    readonly kind: Extract<FailureFacts['kind'], 'clerk' | 'network'>,
    { retryAfterMs, ...answer }: ClerkAnswer,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
    const isUsable = retryAfterMs !== undefined && Number.isFinite(retryAfterMs);
    this.answer = isUsable ? { ...answer, retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) } : answer;
  }
}

/**
 * Clerk as a whole is unavailable or limits all our requests. Retries after this error do not count against the maximum
 * number of retries.
 */
export class ClerkUnavailableError extends ClerkRequestError {
  override readonly code = 'CLERK_AWAY';
}

/** Whether Clerk has rejected our secret key. */
export function isOurKeyRejected(error: unknown): boolean {
  return error instanceof ClerkRequestError && (error.answer.status === 401 || error.answer.status === 403);
}

/**
 * Clerk does not know the user: it answered 404. One 404 does not delete the user here. A `user.deleted` event deletes
 * the user, and so does a second 404 a minute later.
 */
export class UserMissingAtClerkError extends codedError(
  'USER_MISSING_AT_CLERK',
  'Clerk does not know this user; a user.deleted event or a second check deletes it here.',
) {}

/** Clerk does not know the session that is named in a token which Clerk issued. */
export class SessionMissingAtClerkError extends codedError(
  'SESSION_MISSING_AT_CLERK',
  'Clerk does not know this session.',
) {}

/** The stored text is not a password hash. */
export class PasswordHashInvalidError extends codedError(
  'PASSWORD_HASH_INVALID',
  'A stored password hash cannot be parsed.',
) {}

/** Clerk does not know the user after whom the next page begins. */
export class CursorGoneError extends codedError(
  'CURSOR_GONE',
  'Clerk does not know the user after whom the page begins.',
) {}

/** A reconcile run was interrupted before its end; this process or another one resumes it. */
export class ReconcileInterruptedError extends codedError(
  'RECONCILE_INTERRUPTED',
  'The reconcile run was interrupted.',
) {}

/**
 * The users of a conflict could not be written in one transaction, because they changed meanwhile; nothing was written.
 * Only `ConflictResolver` sees this error.
 */
export class ConflictChangedError extends codedError(
  'CONFLICT_CHANGED',
  (_needs: ConflictNeeds) => 'The users of the conflict changed while it was resolved.',
) {
  constructor(readonly needs: ConflictNeeds) {
    super(needs);
  }
}

type ConflictNeeds = 'fetch' | 'fetch-later' | 'confirm' | 'resolve';

/** A conflict in which too many users share addresses with each other to be resolved in one transaction. */
export class ConflictTooWideError extends codedError(
  'CONFLICT_TOO_WIDE',
  (users: number) => `More than ${users} users share addresses with each other.`,
) {}

/** A user could not be settled: the row or Clerk's answer changed during each comparison. */
export class UserUnsettledError extends codedError(
  'USER_UNSETTLED',
  (rounds: number) => `The user kept changing during ${rounds} comparisons with Clerk.`,
) {}

/**
 * An event whose message NATS has sent more than `RETRY_MAX` + 1 times without an outcome. It is not applied: applying
 * it may be what crashes the process.
 */
export class PoisonEventError extends codedError(
  'POISON_EVENT',
  (deliveries: number) => `The event was delivered ${deliveries} times and never finished.`,
) {}

/**
 * The database rejected a statement. The error leaves out the statement, its parameters and PostgreSQL's message,
 * because they hold personal data and error messages are logged.
 */
export class DatabaseRefusedError extends codedError(
  'DATABASE_REFUSED',
  (sqlState: string, constraint: string | undefined) =>
    `The database rejected a statement (${[sqlState, constraint].filter(Boolean).join(', ')}).`,
) {
  constructor(
    readonly sqlState: string,
    readonly constraint: string | undefined,
  ) {
    super(sqlState, constraint);
  }
}

/** A file of users that cannot be read as a whole. The message names the line and the problem, never a value. */
export class ImportUnreadableError extends codedError('IMPORT_UNREADABLE', (problem: string) => problem) {}

/** A line of a file that is not strict JSON. */
export class ImportLineInvalidError extends codedError('IMPORT_LINE_INVALID', (fault: string) => fault) {}

/** An import was interrupted before its end; this process or another one resumes it. */
export class ImportInterruptedError extends codedError('IMPORT_INTERRUPTED', 'The import was interrupted.') {}

/** This user may not become an admin now; the reason says why. */
export class AdminRefusedError extends codedError('ADMIN_REFUSED', (reason: string) => reason) {}

/** The maximum number of open promises of the admin role is reached. */
export class TooManyPromisesError extends codedError(
  'TOO_MANY_PROMISES',
  (max: number) => `${max} promises of the admin role are open. Cancel one first.`,
) {}

/** Whether the error is of a class whose messages never hold personal data. */
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
