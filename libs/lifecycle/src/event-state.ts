/**
 * States of a ledger row.
 *
 * - `pending`: recorded, not yet published. Ends when the event is published and the row is updated to `processing`. If
 *   an outcome arrives before that update, the outcome ends the state.
 * - `processing`: published. Ends when user-sync reports an outcome.
 * - `success`: applied, or needed no change. Final.
 * - `failed`: the last attempt failed. Ends when a retry is due, when a late success is reported, or by a redrive.
 * - `invalid`: the signature did not verify. Final. Only rows of earlier releases have it: this release records
 *   rejected deliveries in a table of their own, and no `pending` row becomes `invalid`.
 * - `ignored`: verified, but of an unhandled type or another Clerk instance, or about a user that Clerk does not know.
 *   Ends only by a redrive.
 */
export type EventState = 'pending' | 'processing' | 'success' | 'failed' | 'invalid' | 'ignored';

/**
 * What happens to a ledger row. `attempt`: the value of {@link EventRow.retryCount} when the failed attempt was
 * published.
 */
export type EventInput =
  | { readonly type: 'published' }
  | { readonly type: 'rejected' }
  | { readonly type: 'ignored' }
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly retryable: boolean; readonly attempt: number; readonly sharedOutage?: boolean }
  | { readonly type: 'retry-due' }
  | { readonly type: 'redriven' };

/** Fields of a ledger row that the rules read. */
export interface EventRow {
  readonly state: EventState;
  /** Number of retries that were started, without the retries after a shared outage. */
  readonly retryCount: number;
  readonly maxRetries: number;
  /** Whether the time of the next retry is set. */
  readonly retryScheduled: boolean;
  /**
   * Whether the last failure was an outage of all of Clerk. `retryCount` does not count the retry after such a failure.
   * An outage of the database or NATS leads to no failure: user-sync then reports no outcome and retries by itself.
   */
  readonly sharedOutage?: boolean;
}

/** State after an input. `retry`: whether to schedule a retry. `because`: why the row stays unchanged. */
export type Transition =
  | { readonly to: EventState; readonly retryCount: number; readonly retry: boolean }
  | { readonly to: 'unchanged'; readonly because: string };

type Move = EventState | 'stay';

/** The next state of a row, by its state and the input. `stay`: the input does not change a row in this state. */
export const transitions: Record<EventState, Record<EventInput['type'], Move>> = {
  pending: {
    published: 'processing',
    rejected: 'invalid',
    ignored: 'ignored',
    // After a publish, the outcome can arrive before the row is updated to `processing`. So a pending row accepts
    // outcomes.
    succeeded: 'success',
    failed: 'failed',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  processing: {
    published: 'stay',
    rejected: 'stay',
    ignored: 'ignored',
    succeeded: 'success',
    failed: 'failed',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  success: {
    published: 'stay',
    rejected: 'stay',
    ignored: 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  failed: {
    published: 'stay',
    rejected: 'stay',
    ignored: 'stay',
    // A success that is reported after a failure counts, because the event was applied.
    succeeded: 'success',
    failed: 'stay',
    'retry-due': 'processing',
    redriven: 'pending',
  },
  invalid: {
    published: 'stay',
    rejected: 'stay',
    ignored: 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  ignored: {
    published: 'stay',
    rejected: 'stay',
    ignored: 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'pending',
  },
};

/** Whether a row is failed and no retry is scheduled. Then only a redrive or a late success changes the row. */
export function isDead(row: EventRow): boolean {
  return row.state === 'failed' && !row.retryScheduled;
}

/**
 * Returns the state of a row after an input. The result is defined for every pair of state and input.
 *
 * A failure of an attempt older than `retryCount` changes nothing. After a failure by a shared outage a retry always
 * follows, and `retryCount` does not count this retry.
 */
export function transition(row: EventRow, input: EventInput): Transition {
  if (input.type === 'failed' && input.attempt < row.retryCount) {
    return { to: 'unchanged', because: `attempt ${input.attempt} is older than ${row.retryCount}` };
  }
  if (input.type === 'retry-due' && isDead(row)) return { to: 'unchanged', because: 'no retry is left' };
  const to = transitions[row.state][input.type];
  if (to === 'stay') return { to: 'unchanged', because: `${input.type} does not concern a row that is ${row.state}` };
  switch (input.type) {
    case 'failed':
      return {
        to,
        retryCount: row.retryCount,
        retry: input.sharedOutage === true || (input.retryable && row.retryCount < row.maxRetries),
      };
    case 'retry-due':
      return { to, retryCount: row.retryCount + (row.sharedOutage === true ? 0 : 1), retry: false };
    case 'redriven':
      return { to, retryCount: 0, retry: false };
    case 'published':
    case 'rejected':
    case 'ignored':
    case 'succeeded':
      return { to, retryCount: row.retryCount, retry: false };
  }
}
