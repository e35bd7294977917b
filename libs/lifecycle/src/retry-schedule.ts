/** Exponential backoff. Times in milliseconds. */
export interface RetrySchedule {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxRetries: number;
}

/** Eight retries, one minute to one hour apart. */
export const defaultRetrySchedule: RetrySchedule = { baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 };

/** Largest fraction of the delay that the jitter subtracts. */
const JITTER = 0.1;

/**
 * Milliseconds until the next retry: `min(2^retryCount × base, cap)` minus a jitter of at most 10 %. Jitter is
 * subtracted and not added, so that the delay never exceeds the cap. If `retryAfterMs` is longer than this delay, it is
 * returned instead. `random` is in [0, 1).
 */
export function retryDelayMs(schedule: RetrySchedule, retryCount: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(2 ** Math.min(retryCount, 52) * schedule.baseMs, schedule.capMs);
  return Math.max(Math.round(full * (1 - JITTER * random)), retryAfterMs);
}
