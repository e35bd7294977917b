/** What is known of a failure, without the error itself. */
export interface FailureFacts {
  readonly kind: 'clerk' | 'network' | 'database' | 'validation' | 'conflict' | 'unknown';
  /** HTTP status of Clerk's answer; absent when there was none. */
  readonly status?: number;
  /** Clerk's error code. */
  readonly code?: string;
}

/**
 * Whether another try can help: network, time-outs, 408, 429, 5xx, a locked resource and conflicts; not validation nor
 * Clerk's permanent answers. Unknown errors are retried like network ones and end dead.
 */
export function isRetryable(failure: FailureFacts): boolean {
  switch (failure.kind) {
    case 'validation':
      return false;
    case 'network':
    case 'database':
    case 'conflict':
    case 'unknown':
      return true;
    case 'clerk':
      return isRetryableAnswer(failure.status, failure.code);
  }
}

function isRetryableAnswer(status: number | undefined, code: string | undefined): boolean {
  if (status === undefined || status === 408 || status === 429 || status >= 500) return true;
  return status === 409 && code === 'resource_locked';
}
