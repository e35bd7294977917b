import { type Origin } from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { clientAddress, clientRequestId } from '@gatehouse/observability';
import { type FastifyRequest } from 'fastify';

/** Where a request came from, for the audit log. */
export function originOf(request: FastifyRequest): Origin {
  const { ip, headers } = request;
  const userAgent = headers['user-agent'];
  // A trusted proxy may send something that is not an address.
  const sourceIp = clientAddress(ip);
  const theirs = clientRequestId(request);
  return {
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 512) }),
    ...(theirs !== undefined && { clientRequestId: theirs }),
  };
}

/** What a service is told of a request that nobody is known to make, or not yet. */
export function anonymousContext(request: FastifyRequest): RequestContext {
  return { principal: null, requestId: request.id, origin: originOf(request) };
}
