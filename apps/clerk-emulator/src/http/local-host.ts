import { BlockList, isIP } from 'node:net';

/** Host names that public DNS does not resolve: names without a dot, and reserved endings such as `.localhost`. */
const LOCAL_NAME = /^(?:[^.]+|.+\.(?:localhost|local|internal|test|svc|home\.arpa))$/;

/** True for an IP address, and for a name that public DNS does not resolve. */
export function isLocalHostname(name: string): boolean {
  return isIP(name) !== 0 || LOCAL_NAME.test(name);
}

/** Networks that the internet does not reach: this machine, private ones, link-local ones, and those of VPNs. */
const PRIVATE_NETWORKS = [
  ...['0.0.0.0/32', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::/127', 'fc00::/7', 'fe80::/10'],
];
const privateAddresses = new BlockList();
for (const network of PRIVATE_NETWORKS) {
  const [address = '', bits] = network.split('/');
  privateAddresses.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** True for a private IP address, and for a name that public DNS does not resolve. */
export function isPrivateHostname(name: string): boolean {
  const version = isIP(name);
  return version === 0 ? LOCAL_NAME.test(name) : privateAddresses.check(name, version === 6 ? 'ipv6' : 'ipv4');
}

/** Host name in a URL, an IPv6 address without brackets; undefined when the text is not a URL. */
export function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined;
}
