import { isIP } from 'node:net';
import { commaSeparated, flag } from './variables';

/** Names that Fastify's proxy-addr knows for private networks. */
const NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Whose `X-Forwarded-For` is believed: `true`, `false`, or the proxies' addresses, networks (CIDR) and groups. A number of
 * hops is refused: it proves nothing about the peer.
 */
export const trustProxy = commaSeparated
  .refine(
    (parts) => isFlag(parts) || (parts.length > 0 && parts.every(isProxy)),
    'is neither true, false nor addresses',
  )
  .transform((parts): boolean | string[] => (isFlag(parts) ? flag.parse(parts[0]) : parts));

function isFlag(parts: readonly string[]): boolean {
  return parts.length === 1 && Number.isNaN(Number(parts[0])) && flag.safeParse(parts[0]).success;
}

function isProxy(part: string): boolean {
  if (NETWORKS.has(part)) return true;
  const [address = '', bits, ...rest] = part.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
