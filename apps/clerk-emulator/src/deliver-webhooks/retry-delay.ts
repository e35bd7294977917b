const LONGEST_MS = 24 * 3_600_000;

/**
 * How long to wait before the next attempt, in ms; null when the schedule is used up. A `Retry-After` (RFC 9110,
 * seconds or a date) can only lengthen the wait, to a day at most.
 *
 * @param attemptsMade how many attempts of the schedule have failed
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
