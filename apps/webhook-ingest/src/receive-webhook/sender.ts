import { clientAddress } from '@gatehouse/http-edge';
import { storableText } from '@gatehouse/persistence';
import { type FastifyRequest } from 'fastify';

const MAX_ADDRESS = 64;
const MAX_USER_AGENT = 512;

/** Address and user agent of the sender of a request. */
export function senderOf(request: FastifyRequest): { sourceIp: string | null; userAgent: string | null } {
  const userAgent = request.headers['user-agent'];
  return {
    sourceIp: request.ip ? storableText(clientAddress(request.ip) ?? request.ip, MAX_ADDRESS) : null,
    userAgent: userAgent === undefined ? null : storableText(userAgent, MAX_USER_AGENT),
  };
}
