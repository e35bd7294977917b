/** How long to wait between tries; milliseconds. */
export interface RetrySchedule {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxRetries: number;
}

/** One minute, doubled up to one hour, eight times. */
export const defaultRetrySchedule: RetrySchedule = { baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 };

const JITTER = 0.1;

/**
 * Milliseconds until the next try: `min(2^retryCount × base, cap)`, less up to a tenth of it at random, so that jitter
 * never exceeds the cap; at least what the other side asked for by `Retry-After`. `random` is in [0, 1).
 */
export function retryDelayMs(schedule: RetrySchedule, retryCount: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(2 ** Math.min(retryCount, 52) * schedule.baseMs, schedule.capMs);
  return Math.max(Math.round(full * (1 - JITTER * random)), retryAfterMs);
}
