import { isIP } from 'node:net';
import { commaSeparated, flag } from './variables';

/** Names of networks that proxy-addr accepts. Fastify uses this package. */
const NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Proxies whose `X-Forwarded-For` is trusted: `true`, `false`, or addresses, networks (CIDR) and names of networks.
 * Rejects a hop count such as `1`, because a client that reaches the port directly could forge its address by adding
 * hops.
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
