import { isIPv6 } from 'node:net';
import { clientAddress } from './client-address';

/**
 * Stands for every invalid address. Invalid addresses share one counter, so that forged X-Forwarded-For values cannot
 * create an unlimited number of counters.
 */
const NO_ADDRESS = 'none';

/**
 * Returns the address by which requests and connections are counted. For IPv6 it is the /64 network, because one host
 * can use all addresses of its network.
 */
export function countedAddress(address: string): string {
  const plain = clientAddress(address);
  if (plain === undefined) return NO_ADDRESS;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%', 1)[0] ?? '').split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(zeros, 0) }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
