/*
 * Decides what outcomes change in the ledger. Pure: does not read or write the database.
 *
 * The states of a row and their transitions are those of `lifecycle` (event-state.ts). An outcome causes these:
 *
 *   success   pending, processing or failed → success.
 *   ignored   pending or processing → ignored.
 *   failed    pending or processing → failed. A retry is scheduled after a shared outage, or if the error is retryable
 *             and attempts are left. Otherwise the row is dead.
 *
 * These outcomes change nothing:
 *
 *   - an outcome for a row in a state that is not listed for this outcome;
 *   - a failed outcome of an attempt before the last one;
 *   - a failed or ignored outcome of a publish before the last one, because the event was published again since.
 */
import { type Outcome, latestTimeMs } from '@gatehouse/contracts';
import { type EventInput, type EventState, type RetrySchedule, retryDelayMs, transition } from '@gatehouse/lifecycle';
import { storableText } from '@gatehouse/persistence';

/**
 * The effect of an outcome on the ledger. `unknown`: the ledger has no row for the outcome's event. `correlationId` is
 * the row's; with `unknown`, the outcome's.
 */
export interface Applied {
  readonly outcome: Outcome;
  readonly effect: 'changed' | 'unchanged' | 'unknown';
  readonly correlationId: string;
}

/** The columns of a ledger row that decide what an outcome changes. */
export interface LedgerRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly status: EventState;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly retry_scheduled: boolean;
  readonly publish_number: number;
  readonly correlation_id: string;
}

/** New values of a row. */
export interface RowUpdate {
  readonly id: string;
  readonly status: EventState;
  readonly retryInMs: number | null;
  readonly errorMessage: string | null;
  readonly errorDetails: unknown;
  readonly processedData: unknown;
  readonly processedAt: Date;
  readonly clerkUserId: string | null;
}

/** Result of `foldOutcomes`: the effect of each outcome, in order, and at most one update for each row. */
export interface Folded {
  readonly applied: readonly Applied[];
  readonly updates: readonly RowUpdate[];
}

const MAX_TEXT = 2_000;
const MAX_WORD = 200;

/**
 * Applies outcomes to rows in memory, one after the other. `random` returns numbers in [0, 1), for the jitter of
 * retries.
 */
export function foldOutcomes(
  rows: readonly LedgerRow[],
  outcomes: readonly Outcome[],
  schedule: RetrySchedule,
  random: () => number,
): Folded {
  const current = new Map(rows.map((row) => [row.webhook_id, row]));
  const updates = new Map<string, RowUpdate>();
  const applied = outcomes.map((outcome): Applied => {
    const row = current.get(outcome.webhookId);
    if (row === undefined) return { outcome, effect: 'unknown', correlationId: outcome.correlationId };
    const { correlation_id: correlationId } = row;
    const step = applyOutcome(row, outcome, schedule, random);
    if (step === undefined) return { outcome, effect: 'unchanged', correlationId };
    current.set(row.webhook_id, step.row);
    updates.set(row.id, step.update);
    return { outcome, effect: 'changed', correlationId };
  });
  return { applied, updates: [...updates.values()] };
}

/** Returns the row after the outcome, and the update to store. Undefined when the outcome changes nothing. */
function applyOutcome(
  row: LedgerRow,
  outcome: Outcome,
  schedule: RetrySchedule,
  random: () => number,
): { readonly row: LedgerRow; readonly update: RowUpdate } | undefined {
  if (outcome.status !== 'success' && outcome.publishNumber < row.publish_number) return undefined;
  const move = transition(
    {
      state: row.status,
      retryCount: row.retry_count,
      maxRetries: row.max_retries,
      retryScheduled: row.retry_scheduled,
    },
    inputOf(outcome),
  );
  if (move.to === 'unchanged') return undefined;
  const retryInMs = move.retry ? delayOf(outcome, schedule, move.retryCount, random()) : null;
  return {
    row: { ...row, status: move.to, retry_scheduled: move.retry },
    update: { id: row.id, status: move.to, retryInMs, ...columnsOf(outcome) },
  };
}

function inputOf(outcome: Outcome): EventInput {
  switch (outcome.status) {
    case 'success':
      return { type: 'succeeded' };
    case 'ignored':
      return { type: 'ignored' };
    case 'failed':
      return {
        type: 'failed',
        retryable: outcome.error.retryable,
        attempt: outcome.attempt,
        ...(outcome.error.sharedOutage === true && { sharedOutage: true }),
      };
  }
}

/**
 * Returns the milliseconds until the next retry. In a shared outage all of Clerk was unavailable. The delay then does
 * not grow with each attempt: how often one event failed says nothing about how long the outage lasts.
 */
function delayOf(outcome: Outcome, schedule: RetrySchedule, retryCount: number, random: number): number {
  if (outcome.status !== 'failed') return 0;
  const { retryAfterMs, sharedOutage } = outcome.error;
  return retryDelayMs(schedule, sharedOutage === true ? 0 : retryCount, random, retryAfterMs ?? 0);
}

function columnsOf(outcome: Outcome): Omit<RowUpdate, 'id' | 'status' | 'retryInMs'> {
  const common = {
    processedAt: new Date(Math.min(outcome.at, latestTimeMs)),
    clerkUserId: outcome.clerkUserId === null ? null : storableText(outcome.clerkUserId, MAX_WORD),
  };
  if (outcome.status === 'failed') {
    const { kind, code, message, retryable, retryAfterMs, sharedOutage } = outcome.error;
    return {
      ...common,
      errorMessage: storableText(message, MAX_TEXT),
      errorDetails: {
        kind,
        code: storableText(code, MAX_WORD),
        retryable,
        retryAfterMs,
        attempt: outcome.attempt,
        ...(sharedOutage === true && { sharedOutage }),
      },
      processedData: null,
    };
  }
  return {
    ...common,
    errorMessage: null,
    errorDetails: null,
    processedData: {
      decision: storableText(outcome.decision, MAX_WORD),
      reason: storableText(outcome.reason, MAX_TEXT),
      userId: outcome.userId,
    },
  };
}
