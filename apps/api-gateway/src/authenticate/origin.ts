import { isIP } from 'node:net';
import { type Origin } from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';

/** Where a request came from, for the audit log. */
export function originOf({ ip, headers }: FastifyRequest): Origin {
  const userAgent = headers['user-agent'];
  // Whatever a trusted proxy sent: it may be no address.
  return {
    ...(isIP(ip) !== 0 && { sourceIp: ip }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 512) }),
  };
}

/** What a service is told of a request that nobody is known to make, or not yet. */
export function anonymousContext(request: FastifyRequest): RequestContext {
  return { principal: null, requestId: request.id, origin: originOf(request) };
}
