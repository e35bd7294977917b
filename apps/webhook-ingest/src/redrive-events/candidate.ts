import { isHandledEventType } from '@gatehouse/contracts';
import { type EventState, transition } from '@gatehouse/lifecycle';

/** A row of the ledger that may be redriven. */
export interface Candidate {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_type: string;
  readonly status: EventState;
  readonly clerk_user_id: string | null;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly retry_scheduled: boolean;
  readonly error_message: string | null;
  /** Code and kind of the failure, and whether no retry could fix it; null unless user-sync reported one. */
  readonly error_code: string | null;
  readonly error_kind: string | null;
  readonly error_lasts: boolean | null;
  /** False when the body was dropped or erased. */
  readonly has_body: boolean;
}

/** Columns of a `Candidate`, in a query on `webhook_events AS event`. */
export const CANDIDATE_COLUMNS = `
         event.id, webhook_id, event_type, status, clerk_user_id, retry_count, max_retries,
         next_retry_at IS NOT NULL AS retry_scheduled, error_message,
         error_details ->> 'code' AS error_code, error_details ->> 'kind' AS error_kind,
         error_details -> 'retryable' = 'false'::jsonb AS error_lasts,
         EXISTS (SELECT FROM event_bodies AS stored
                  WHERE stored.event_id = event.id AND stored.created_at = event.created_at) AS has_body`;

/**
 * Whether a row can be redriven. If it can, `retryCount` is the row's new `retry_count`; otherwise `reason` says why
 * not.
 */
export type Redrivability =
  { readonly can: true; readonly retryCount: number } | { readonly can: false; readonly reason: string };

/**
 * Returns whether a row can be redriven: its state must allow a redrive (see `lifecycle`), a service must handle its
 * type, and its body must be stored.
 */
export function redrivability(row: Candidate): Redrivability {
  const move = transition(
    {
      state: row.status,
      retryCount: row.retry_count,
      maxRetries: row.max_retries,
      retryScheduled: row.retry_scheduled,
    },
    { type: 'redriven' },
  );
  if (move.to === 'unchanged') return { can: false, reason: move.because };
  if (!isHandledEventType(row.event_type)) return { can: false, reason: 'no service handles events of this type' };
  if (!row.has_body) {
    const erased = row.error_code === 'erased';
    return { can: false, reason: erased ? 'the payload was erased with its user' : 'the body is no longer stored' };
  }
  return { can: true, retryCount: move.retryCount };
}
