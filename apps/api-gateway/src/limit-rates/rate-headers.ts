import { type FastifyReply } from 'fastify';
import { RateLimitedError } from '../errors';
import { type RateStanding } from './rate-limits';

/**
 * Tells the caller what is left of its limits, and refuses when one is used up.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function applyStandings(reply: FastifyReply, standings: readonly RateStanding[]): void {
  void reply.header('ratelimit-policy', standings.map(policyOf).join(', '));
  void reply.header('ratelimit', standings.map(restOf).join(', '));
  const exhausted = standings.filter(({ used, limit }) => used > limit);
  if (exhausted.length > 0) throw new RateLimitedError(Math.max(...exhausted.map(({ resetMs }) => resetMs)));
}

function policyOf({ policy, limit, windowMs }: RateStanding): string {
  return `"${policy}";q=${limit};w=${windowMs / 1_000}`;
}

function restOf({ policy, limit, used, resetMs }: RateStanding): string {
  return `"${policy}";r=${Math.max(limit - used, 0)};t=${Math.ceil(resetMs / 1_000)}`;
}
