import { SharedOutageError } from '@gatehouse/messaging';
import { ClerkRequestError, DatabaseRefusedError, ImportInterruptedError } from '../errors';

/**
 * Classes of SQLSTATE whose cause is a row: data exceptions, violated constraints, errors raised by triggers, violated
 * check options and exceeded limits.
 */
const ROW_STATES = /^(22|23|P0|44|54)/;
/** Classes of SQLSTATE whose cause is the database, its settings or its load. Waiting may help, marking rows never. */
const OUTSIDE_STATES = /^(25|28|3D|3F|40|42|55|57|58|F0)/;
/** Answers of Clerk whose cause is the request. */
const REQUEST_STATUSES: ReadonlySet<number | undefined> = new Set([400, 414, 422]);
/** Attempts after which an error of unknown cause, which one row alone causes again and again, counts as its fault. */
const MAX_ATTEMPTS = 5;

/**
 * Why a row that was processed alone has failed, in words without its values; undefined when the cause is not the row,
 * so that the step is retried. `attempts`: failed attempts since the last progress of the step.
 */
export function rowFault(error: unknown, attempts: number): string | undefined {
  if (error instanceof ImportInterruptedError || error instanceof SharedOutageError) return undefined;
  if (error instanceof ClerkRequestError) {
    const { status } = error.answer;
    return REQUEST_STATUSES.has(status) ? `Clerk rejects the external id of the row (status ${status}).` : undefined;
  }
  if (error instanceof DatabaseRefusedError) {
    if (ROW_STATES.test(error.sqlState)) return error.message;
    if (OUTSIDE_STATES.test(error.sqlState)) return undefined;
  }
  if (attempts < MAX_ATTEMPTS) return undefined;
  return error instanceof DatabaseRefusedError
    ? error.message
    : 'An unexpected error occurred. See the log of user-sync.';
}

/** Whether the step as a whole cannot go on, so that there is no point in trying rows one by one. */
export function stopsStep(error: unknown): boolean {
  if (error instanceof ClerkRequestError) return !REQUEST_STATUSES.has(error.answer.status);
  return error instanceof ImportInterruptedError || error instanceof SharedOutageError;
}
