import { type FastifyRequest } from 'fastify';

/**
 * Whether a request used HTTPS on every hop, according to `X-Forwarded-Proto` of trusted proxies. Fastify looks only at
 * the last hop, but somebody may have read the request on any hop without HTTPS.
 */
export function cameOverHttps({ protocol, headers }: FastifyRequest): boolean {
  const hops = [headers['x-forwarded-proto'] ?? protocol].flat().join().split(',');
  return protocol === 'https' && hops.every((hop) => hop.trim() === 'https');
}
