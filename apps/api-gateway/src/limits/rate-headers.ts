import { RateLimitedError } from '../errors';
import { type RateStanding } from './rate-limiter';

/**
 * Headers that tell a client its rate limits.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export interface RateHeaders {
  readonly 'ratelimit-policy': string;
  readonly ratelimit: string;
}

/** Returns the headers for the limits that a request counted against. */
export function rateHeaders(standings: readonly RateStanding[]): RateHeaders {
  let policies = '';
  let rests = '';
  for (const standing of standings) {
    const separator = policies === '' ? '' : ', ';
    policies += separator + standing.limit.policy;
    rests += separator + restOf(standing);
  }
  return { 'ratelimit-policy': policies, ratelimit: rests };
}

/** Returns the error for the exceeded limit that ends last; undefined if no limit is exceeded. */
export function exceededLimit(standings: readonly RateStanding[]): RateLimitedError | undefined {
  let exhaustedForMs: number | undefined;
  for (const { limit, used, resetMs } of standings) {
    if (used > limit.requests) exhaustedForMs = Math.max(exhaustedForMs ?? 0, resetMs);
  }
  return exhaustedForMs === undefined ? undefined : new RateLimitedError(exhaustedForMs);
}

function restOf({ limit, used, resetMs }: RateStanding): string {
  return `"${limit.name}";r=${Math.max(limit.requests - used, 0)};t=${Math.ceil(resetMs / 1_000)}`;
}
