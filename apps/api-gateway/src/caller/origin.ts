import { type Origin } from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { clientAddress, clientRequestId } from '@gatehouse/http-edge';
import { type GateRequest } from './gate-request';

/** Returns address, user agent and request id of the client, for the audit log. */
export function originOf(request: GateRequest): Origin {
  const { ip, headers } = request;
  const userAgent = headers['user-agent'];
  // `ip` can come from X-Forwarded-For, where clients can write any text, so it may not be an address.
  const sourceIp = clientAddress(ip);
  const requestId = clientRequestId(request);
  return {
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 512) }),
    ...(requestId !== undefined && { clientRequestId: requestId }),
  };
}

/** Builds the context of a request without a principal. */
export function anonymousContext(request: GateRequest): RequestContext {
  return { principal: null, requestId: request.id, origin: originOf(request) };
}
