const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME = 253;

/**
 * Returns the host of a `Host` header in the form that routes name: in lower case, without port and without the dot at
 * the end. Returns undefined for a text that is not a host.
 */
export function normalizeHost(header: string): string | undefined {
  const parts = /^(\[[0-9A-Fa-f:.]{2,45}\]|[^:[\]]{1,254})(?::\d{1,5})?$/.exec(header);
  if (parts === null) return undefined;
  const host = (parts[1] ?? '').toLowerCase().replace(/\.$/, '');
  return host.startsWith('[') || (host.length <= MAX_NAME && NAME.test(host)) ? host : undefined;
}
