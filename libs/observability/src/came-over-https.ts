import { type FastifyRequest } from 'fastify';

/**
 * Whether a request came over HTTPS on every hop, as `X-Forwarded-Proto` of a trusted proxy says. Fastify looks at the last
 * hop alone; what went over an earlier one in the clear was read there.
 */
export function cameOverHttps({ protocol, headers }: FastifyRequest): boolean {
  const hops = [headers['x-forwarded-proto'] ?? protocol].flat().join().split(',');
  return protocol === 'https' && hops.every((hop) => hop.trim() === 'https');
}
