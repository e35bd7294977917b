import { clientAddress } from '@gatehouse/http-edge';
import { type FastifyInstance } from 'fastify';

/**
 * Removes ports from the addresses in `X-Forwarded-For` before anything reads `request.ip`: some proxies write
 * `198.51.100.7:40001` or `[2001:db8::7]:40001`. Must be the first hook of the server.
 */
export function stripForwardedPorts(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const forwarded = headers['x-forwarded-for'];
    // Most values are plain IPv4 addresses. They have no colon, quote or bracket, and need no change.
    if (forwarded !== undefined && /[:"[]/.test(String(forwarded))) {
      headers['x-forwarded-for'] = String(forwarded)
        .split(',')
        .map((entry) => clientAddress(entry.trim()) ?? entry.trim())
        .join(', ');
    }
    done();
  });
}
