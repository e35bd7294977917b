import { GatehouseError } from './errors';
import { backoff, pauseBefore, retryAfterOf } from './retry';

const limits = { retries: 3, backoffMs: 100, maxWaitMs: 10_000 };
const idempotent = { isIdempotent: true, hasKey: false };
const failed = (code: string, status?: number, retryAfterMs?: number) =>
  new GatehouseError({ code, status, retryAfterMs });

describe('the wait before a repetition', () => {
  it('doubles with each failure, is spread over its second half, and has a limit', () => {
    expect([1, 2, 3].map((failures) => backoff(failures, 100, 10_000, 1))).toEqual([100, 200, 400]);
    expect(backoff(1, 100, 10_000, 0)).toBe(50);
    expect(backoff(40, 100, 10_000, 1)).toBe(10_000);
  });

  it('is at least Retry-After, spread over a tenth more', () => {
    const error = failed('unavailable', 503, 2_000);
    expect(pauseBefore(1, error, idempotent, limits, 0)).toBe(2_000);
    expect(pauseBefore(1, error, idempotent, limits, 1)).toBe(2_200);
  });

  it.each<[string, number, GatehouseError, object]>([
    ['after the last attempt', 4, failed('unavailable', 503), idempotent],
    ['for a longer Retry-After than the limit', 1, failed('rate_limited', 429, 10_001), idempotent],
    ['for a used-up quota', 1, failed('quota_exceeded', 429), idempotent],
    ['for too many open streams', 1, failed('too_many_streams', 429), idempotent],
    ['for a fault of the request', 1, failed('invalid_request', 400), idempotent],
    ['for an error in the gateway', 1, failed('internal', 500), idempotent],
    ['for an unreadable response', 1, failed('response_invalid', 200), idempotent],
    ['for what may have had an effect', 1, failed('network_failed'), { isIdempotent: false, hasKey: false }],
    ['for a key that the request has not', 1, failed('idempotency_in_progress', 409), idempotent],
  ])('does not exist %s', (_, failures, error, request) => {
    expect(pauseBefore(failures, error, request as typeof idempotent, limits, 0.5)).toBeUndefined();
  });
});

it.each([
  [null, undefined],
  ['', undefined],
  ['soon', undefined],
  ['0', 0],
  ['7', 7_000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
])('reads the Retry-After %j', (header, expected) => {
  expect(retryAfterOf(header, 1_000)).toBe(expected);
});
