import { type Candidate } from './candidate';

/** The failure of a row, as user-sync reported it. */
type Failure = Pick<Candidate, 'status' | 'error_code' | 'error_kind' | 'error_lasts'>;

/**
 * Returns why a redriven event will fail again unless the cause is fixed; null when a retry may help. Says what an operator
 * can do instead. The codes are those of user-sync's outcomes.
 */
export function warningFor({ status, error_code: code, error_kind: kind, error_lasts: lasts }: Failure): string | null {
  if (status !== 'failed' || lasts !== true) return null;
  if (code === 'POISON_EVENT') {
    return 'user-sync crashed each time it took this event: redrive it only after a release with the fix';
  }
  if (kind === 'validation') {
    return 'its payload is invalid, so no retry can fix it: sync the user instead, or redrive after a release that accepts it';
  }
  if (kind === 'clerk') return `Clerk refuses our request (${code}): fix the cause first`;
  return `no retry can fix ${code ?? 'this failure'}: fix the cause first`;
}
