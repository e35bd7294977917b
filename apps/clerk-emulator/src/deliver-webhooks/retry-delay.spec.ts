import { retryDelayMs } from './retry-delay';

describe('retryDelayMs', () => {
  const schedule = [0, 5_000, 300_000];
  const now = Date.parse('2026-11-21T06:00:00Z');

  it('returns the delays of the schedule, then null', () => {
    expect([1, 2, 3].map((made) => retryDelayMs(schedule, made, null, now))).toEqual([5_000, 300_000, null]);
  });

  it('is longer when Retry-After says so, in seconds or as a date', () => {
    expect(retryDelayMs(schedule, 1, '30', now)).toBe(30_000);
    expect(retryDelayMs(schedule, 1, 'Sat, 21 Nov 2026 06:01:00 GMT', now)).toBe(60_000);
  });

  it('is never shorter than the schedule and never longer than a day', () => {
    expect(retryDelayMs(schedule, 2, '1', now)).toBe(300_000);
    expect(retryDelayMs(schedule, 1, 'Sat, 21 Nov 2020 06:00:00 GMT', now)).toBe(5_000);
    expect(retryDelayMs(schedule, 1, '999999999', now)).toBe(86_400_000);
  });

  it('ignores an invalid Retry-After', () => {
    expect(retryDelayMs(schedule, 1, 'soon', now)).toBe(5_000);
  });
});
