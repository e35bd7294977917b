/** Facts of a failure that decide whether to retry. */
export interface FailureFacts {
  readonly kind: 'clerk' | 'network' | 'database' | 'validation' | 'conflict' | 'unknown';
  /** HTTP status of Clerk's response. Absent when Clerk did not respond. */
  readonly status?: number;
  /** Clerk's error code. */
  readonly code?: string;
}

/**
 * Whether a retry can succeed. Retryable are failures of network and database, conflicts, unknown errors, and Clerk's
 * responses 408, 429, 5xx and 409 `resource_locked`. Invalid data and Clerk's other responses are not retryable.
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
