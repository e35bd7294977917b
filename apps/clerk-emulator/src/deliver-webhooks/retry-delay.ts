const LONGEST_MS = 24 * 3_600_000;

/**
 * Delay before the next attempt, in ms; null when the schedule has no more attempts. A `Retry-After` header can
 * lengthen the delay, to at most a day, but never shortens it.
 *
 * @param attemptsMade number of failed attempts since the schedule started
 * @param retryAfter the `Retry-After` header (RFC 9110): seconds or a date
 */
export function retryDelayMs(
  schedule: readonly number[],
  attemptsMade: number,
  retryAfter: string | null,
  now: number,
): number | null {
  const delay = schedule[attemptsMade];
  return delay === undefined ? null : Math.max(delay, retryAfterMs(retryAfter, now));
}

function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), LONGEST_MS);
}
