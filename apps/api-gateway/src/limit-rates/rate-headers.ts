import { type FastifyReply } from 'fastify';
import { RateLimitedError } from '../errors';
import { type RateStanding } from './rate-limits';

/**
 * Tells the caller what is left of its limits, and refuses when one is used up.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function applyStandings(reply: FastifyReply, standings: readonly RateStanding[]): void {
  let policies = '';
  let rests = '';
  let exhaustedForMs: number | undefined;
  for (const standing of standings) {
    const separator = policies === '' ? '' : ', ';
    policies += separator + policyOf(standing);
    rests += separator + restOf(standing);
    if (standing.used > standing.limit) exhaustedForMs = Math.max(exhaustedForMs ?? 0, standing.resetMs);
  }
  void reply.header('ratelimit-policy', policies);
  void reply.header('ratelimit', rests);
  if (exhaustedForMs !== undefined) throw new RateLimitedError(exhaustedForMs);
}

function policyOf({ policy, limit, windowMs }: RateStanding): string {
  return `"${policy}";q=${limit};w=${windowMs / 1_000}`;
}

function restOf({ policy, limit, used, resetMs }: RateStanding): string {
  return `"${policy}";r=${Math.max(limit - used, 0)};t=${Math.ceil(resetMs / 1_000)}`;
}
