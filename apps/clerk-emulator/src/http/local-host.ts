import { isIP } from 'node:net';

/** Host names that public DNS does not resolve: names without a dot, and reserved endings such as `.localhost`. */
const LOCAL_NAME = /^(?:[^.]+|.+\.(?:localhost|local|internal|test|svc|home\.arpa))$/;

/** True for an IP address, and for a name that public DNS does not resolve. */
export function isLocalHostname(name: string): boolean {
  return isIP(name) !== 0 || LOCAL_NAME.test(name);
}

/** Host name in a URL, an IPv6 address without brackets; undefined when the text is not a URL. */
export function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined;
}
