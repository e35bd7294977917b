import { defaultRetrySchedule, retryDelayMs } from './retry-schedule';

const { baseMs, capMs, maxRetries } = defaultRetrySchedule;
const MINUTE = 60_000;

describe('retryDelayMs', () => {
  it('doubles the delay from one minute to one hour in eight retries', () => {
    const delays = Array.from({ length: maxRetries }, (_, retry) => retryDelayMs(defaultRetrySchedule, retry, 0));
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * MINUTE));
  });

  it('subtracts at most 10 % as jitter and never exceeds the cap', () => {
    for (let retry = 0; retry < 60; retry += 1) {
      const full = Math.min(2 ** retry * baseMs, capMs);
      for (const random of [0, 0.25, 0.5, 0.999_999]) {
        const delay = retryDelayMs(defaultRetrySchedule, retry, random);
        expect(delay).toBeLessThanOrEqual(full);
        expect(delay).toBeGreaterThanOrEqual(full * 0.9);
        expect(Number.isInteger(delay)).toBe(true);
      }
    }
  });

  it('waits at least as long as Retry-After asks', () => {
    expect(retryDelayMs(defaultRetrySchedule, 0, 0.5, 2 * capMs)).toBe(2 * capMs);
    expect(retryDelayMs(defaultRetrySchedule, 0, 0, 1)).toBe(baseMs);
  });

  it('accepts a schedule of a few milliseconds', () => {
    const fast = { baseMs: 5, capMs: 20, maxRetries: 3 };
    expect([0, 1, 2, 3, 2_000].map((retry) => retryDelayMs(fast, retry, 0))).toEqual([5, 10, 20, 20, 20]);
  });
});
