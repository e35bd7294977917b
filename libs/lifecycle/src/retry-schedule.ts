/** Exponential backoff. Times in milliseconds. */
export interface RetrySchedule {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxRetries: number;
}

/** Eight retries, one minute to one hour apart. */
export const defaultRetrySchedule: RetrySchedule = { baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 };

/** Largest part of the delay that jitter takes off. */
const JITTER = 0.1;

/**
 * Milliseconds until the next retry: `min(2^retryCount × base, cap)` minus a random part of at most 10 %, and at least
 * `retryAfterMs`. `random` is in [0, 1). Jitter is subtracted, so that the delay never exceeds the cap.
 */
export function retryDelayMs(schedule: RetrySchedule, retryCount: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(2 ** Math.min(retryCount, 52) * schedule.baseMs, schedule.capMs);
  return Math.max(Math.round(full * (1 - JITTER * random)), retryAfterMs);
}
