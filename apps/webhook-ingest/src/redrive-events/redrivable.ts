import { isHandledEventType } from '@gatehouse/contracts';
import { type EventState, transition } from '@gatehouse/lifecycle';

/** What must be known of a row to say whether it can begin anew. */
export interface Candidate {
  readonly status: EventState;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly retryScheduled: boolean;
  readonly eventType: string;
  readonly hasBody: boolean;
}

/** Whether a row can begin anew, and if not, why. */
export type Redrivability =
  { readonly can: true; readonly retryCount: number } | { readonly can: false; readonly reason: string };

/** The state machine's word, and whether there is still something to publish, and somebody who would take it. */
export function redrivability(row: Candidate): Redrivability {
  const move = transition(
    { state: row.status, retryCount: row.retryCount, maxRetries: row.maxRetries, retryScheduled: row.retryScheduled },
    { type: 'redriven' },
  );
  if (move.to === 'unchanged') return { can: false, reason: move.because };
  if (!isHandledEventType(row.eventType)) return { can: false, reason: 'nobody handles events of this type' };
  if (!row.hasBody) return { can: false, reason: 'the body is no longer stored' };
  return { can: true, retryCount: move.retryCount };
}
