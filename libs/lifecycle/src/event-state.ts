/**
 * The states of a ledger row.
 *
 * - `pending`: recorded and owed to the stream; leaves when published, or when nobody handles it.
 * - `processing`: published; leaves with the outcome that user-sync reports.
 * - `success`: applied, or found to change nothing; absorbing.
 * - `failed`: the last attempt failed; leaves when its retry comes due, or by a redrive when no retry is left.
 * - `invalid`: the signature did not verify; absorbing.
 * - `ignored`: verified, but nobody handles it or it is not ours; leaves only by a redrive.
 */
export type EventState = 'pending' | 'processing' | 'success' | 'failed' | 'invalid' | 'ignored';

/** What can happen to a ledger row. */
export type EventInput =
  | { readonly type: 'published' }
  | { readonly type: 'rejected' }
  | { readonly type: 'passed-over' }
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly retryable: boolean; readonly attempt: number; readonly sharedOutage?: boolean }
  | { readonly type: 'retry-due' }
  | { readonly type: 'redriven' };

/** What the rules need to know of a row. */
export interface EventRow {
  readonly state: EventState;
  /** Retries that were begun. */
  readonly retryCount: number;
  readonly maxRetries: number;
  /** Whether a time for the next try is set. */
  readonly retryScheduled: boolean;
  /** Whether its last failure was nobody's: the retry that follows is not counted. */
  readonly sharedOutage?: boolean;
}

/** What becomes of the row; `retry` says whether another try is to be scheduled. */
export type Transition =
  | { readonly to: EventState; readonly retryCount: number; readonly retry: boolean }
  | { readonly to: 'unchanged'; readonly because: string };

type Move = EventState | 'stay';

/** State by input: where it leads. `stay` is a row that the input does not concern. */
export const transitions: Record<EventState, Record<EventInput['type'], Move>> = {
  pending: {
    published: 'processing',
    rejected: 'invalid',
    'passed-over': 'ignored',
    // An outcome can overtake the update that stores the publish: it implies it.
    succeeded: 'success',
    failed: 'failed',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  processing: {
    published: 'stay',
    rejected: 'stay',
    'passed-over': 'ignored',
    succeeded: 'success',
    failed: 'failed',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  success: {
    published: 'stay',
    rejected: 'stay',
    'passed-over': 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  failed: {
    published: 'stay',
    rejected: 'stay',
    'passed-over': 'stay',
    // A later success is true whatever was reported before it.
    succeeded: 'success',
    failed: 'stay',
    'retry-due': 'processing',
    redriven: 'pending',
  },
  invalid: {
    published: 'stay',
    rejected: 'stay',
    'passed-over': 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'stay',
  },
  ignored: {
    published: 'stay',
    rejected: 'stay',
    'passed-over': 'stay',
    succeeded: 'stay',
    failed: 'stay',
    'retry-due': 'stay',
    redriven: 'pending',
  },
};

/** Whether a failed row has no try left: only a redrive moves it now. */
export function isDead(row: EventRow): boolean {
  return row.state === 'failed' && !row.retryScheduled;
}

/**
 * What an input makes of a row; total: every pair has an answer. `retryCount` counts the retries that were begun:
 * a failure of an older attempt than the row's changes nothing, while a success is a success. A failure by a shared
 * outage uses up no try: it is retried whatever the count, and the count stays.
 */
export function transition(row: EventRow, input: EventInput): Transition {
  if (input.type === 'failed' && input.attempt < row.retryCount) {
    return { to: 'unchanged', because: `attempt ${input.attempt} is older than ${row.retryCount}` };
  }
  if (input.type === 'retry-due' && isDead(row)) return { to: 'unchanged', because: 'no try is left' };
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
    case 'passed-over':
    case 'succeeded':
      return { to, retryCount: row.retryCount, retry: false };
  }
}
