import { type GatehouseError } from './errors';

/** What can be said of a request about repeating it. */
export interface Repeatable {
  /** Whether a repetition has no further effect: GET, PUT, DELETE, and POST with an `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  readonly hasKey: boolean;
}

/** Limits of repetitions. */
export interface RetryLimits {
  readonly retries: number;
  readonly backoffMs: number;
  readonly maxWaitMs: number;
}

const PASSING_STATUSES: readonly unknown[] = [408, 502, 503, 504];
const PASSING_CODES: readonly string[] = ['network_failed', 'offline', 'timed_out'];

/**
 * How long to wait before the next attempt, in milliseconds; undefined if the request must not be repeated.
 * @param failures attempts that have failed, at least 1
 * @param random from 0 to 1; spreads clients that failed at the same time
 */
export function pauseBefore(
  failures: number,
  error: GatehouseError,
  request: Repeatable,
  limits: RetryLimits,
  random: number,
): number | undefined {
  if (failures > limits.retries || !mayPass(error, request)) return undefined;
  const { retryAfterMs = 0 } = error;
  if (retryAfterMs > limits.maxWaitMs) return undefined;
  return Math.max(backoff(failures, limits.backoffMs, limits.maxWaitMs, random), retryAfterMs * (1 + random / 10));
}

/** From half of `firstMs`, doubled for each failure, to all of it; at most `maxMs`. */
export function backoff(failures: number, firstMs: number, maxMs: number, random: number): number {
  return Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (0.5 + random / 2);
}

/** Whether the request may succeed later, and repeating it is safe. */
function mayPass({ code, status }: GatehouseError, { isIdempotent, hasKey }: Repeatable): boolean {
  // Rejected before it had an effect. Quotas renew monthly, and one of the streams must be closed first.
  if (status === 429) return code !== 'quota_exceeded' && code !== 'too_many_streams';
  if (code === 'idempotency_in_progress') return hasKey;
  return isIdempotent && (PASSING_CODES.includes(code) || PASSING_STATUSES.includes(status));
}

/** Milliseconds of a `Retry-After` header: seconds or a date. Undefined for a missing or malformed one. */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
