import { type IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { clientAddress } from './client-address';
import { everyHopUsedHttps } from './every-hop-used-https';

/** Names of networks, as in proxy-addr. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Maximum number and length of addresses that are remembered. */
const MAX_KNOWN = 1_000;
const MAX_LENGTH = 45;

/** Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted. */
export class TrustedProxies {
  private readonly networks = new BlockList();
  /** Whether an address is trusted. A search in the networks takes longer, and the same few proxies send most requests. */
  private readonly known = new Map<string, boolean>();

  /** @param proxies `TRUST_PROXY`: everybody, nobody, or addresses, networks (CIDR) and names of networks */
  constructor(private readonly proxies: boolean | readonly string[]) {
    if (typeof proxies === 'boolean') return;
    for (const network of proxies.flatMap((proxy) => NETWORKS[proxy] ?? [proxy])) this.add(network);
  }

  /**
   * Address of the client: the last address of `X-Forwarded-For`, with the peer of the connection at its end, that is no
   * trusted proxy. `peer` is the address of the connection.
   */
  clientOf(peer: string, headers: IncomingHttpHeaders): string {
    const forwarded = headers['x-forwarded-for'];
    const direct = clientAddress(peer) ?? peer;
    if (forwarded === undefined || !this.trusts(direct)) return direct;
    const hops = String(forwarded)
      .split(',')
      .map((hop) => clientAddress(hop.trim()) ?? hop.trim())
      .filter((hop) => hop !== '');
    const client = hops.findLastIndex((hop) => !this.trusts(hop));
    return hops[Math.max(client, 0)] ?? direct;
  }

  /** Whether a request used HTTPS on every hop, according to trusted proxies. */
  sawHttps(peer: string, headers: IncomingHttpHeaders): boolean {
    const hops = headers['x-forwarded-proto'];
    if (hops === undefined || !this.trusts(clientAddress(peer) ?? peer)) return false;
    return everyHopUsedHttps(String(hops));
  }

  /** Whether an address without a port is a trusted proxy. */
  trusts(address: string): boolean {
    if (typeof this.proxies === 'boolean') return this.proxies;
    const known = this.known.get(address);
    if (known !== undefined) return known;
    const family = isIP(address);
    const isTrusted = family !== 0 && this.networks.check(address, family === 4 ? 'ipv4' : 'ipv6');
    if (address.length > MAX_LENGTH) return isTrusted;
    if (this.known.size === MAX_KNOWN) this.known.clear();
    this.known.set(address, isTrusted);
    return isTrusted;
  }

  private add(network: string): void {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) this.networks.addAddress(address, family);
    else this.networks.addSubnet(address, Number(bits), family);
  }
}
