import { type FastifyRequest } from 'fastify';

/**
 * Whether a request used HTTPS on every hop, according to `X-Forwarded-Proto` of trusted proxies. Fastify reads only the last
 * hop, but a request in clear text on any hop may have been read there.
 */
export function cameOverHttps({ protocol, headers }: FastifyRequest): boolean {
  const hops = [headers['x-forwarded-proto'] ?? protocol].flat().join().split(',');
  return protocol === 'https' && hops.every((hop) => hop.trim() === 'https');
}
