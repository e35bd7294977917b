import { type FastifyReply } from 'fastify';
import { RateLimitedError } from '../errors';
import { type RateStanding } from './rate-limiter';

/**
 * Sets the headers `RateLimit` and `RateLimit-Policy`.
 * @throws RateLimitedError if a limit is exceeded
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function applyStandings(reply: FastifyReply, standings: readonly RateStanding[]): void {
  let policies = '';
  let rests = '';
  let exhaustedForMs: number | undefined;
  for (const standing of standings) {
    const separator = policies === '' ? '' : ', ';
    policies += separator + standing.limit.policy;
    rests += separator + restOf(standing);
    if (standing.used > standing.limit.requests) exhaustedForMs = Math.max(exhaustedForMs ?? 0, standing.resetMs);
  }
  void reply.header('ratelimit-policy', policies);
  void reply.header('ratelimit', rests);
  if (exhaustedForMs !== undefined) throw new RateLimitedError(exhaustedForMs);
}

function restOf({ limit, used, resetMs }: RateStanding): string {
  return `"${limit.name}";r=${Math.max(limit.requests - used, 0)};t=${Math.ceil(resetMs / 1_000)}`;
}
