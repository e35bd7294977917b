import { type Exchange } from '@gatehouse/http-edge';
import { storableText } from '@gatehouse/persistence';

const MAX_ADDRESS = 64;
const MAX_USER_AGENT = 512;

/** Address and user agent of the sender of a request. */
export function senderOf(exchange: Exchange): { sourceIp: string | null; userAgent: string | null } {
  const { clientAddress: address, request } = exchange;
  const userAgent = request.headers['user-agent'];
  return {
    sourceIp: address === '' ? null : storableText(address, MAX_ADDRESS),
    userAgent: userAgent === undefined ? null : storableText(userAgent, MAX_USER_AGENT),
  };
}
