import { CookieOriginError } from '../errors';
import { type GateRequest } from '../caller/gate-request';

/** Origins whose pages may use the session cookie on a route. */
export interface CookieOrigins {
  includes(origin: string): boolean;
}

/** Browsers send one of these with the handshake of a WebSocket. Proxies may drop the first, but not the others. */
const HANDSHAKE = ['upgrade', 'sec-websocket-key', 'sec-websocket-version'];

/**
 * Requires that a request with a session cookie comes from a page of a listed origin. Browsers send cookies with the
 * requests of every page, also of strangers; the header `Origin` tells whose. They leave it out of GET and HEAD requests
 * of the same origin and of navigations. Such a request passes without it, unless it opens a WebSocket.
 * @throws CookieOriginError
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
export function requireCookieOrigin({ method, rawHeaders, headers }: GateRequest, listed: CookieOrigins): void {
  const [origin, ...others] = originsOf(rawHeaders);
  if (origin === undefined) {
    const isRead = method === 'GET' || method === 'HEAD';
    if (isRead && HANDSHAKE.every((name) => headers[name] === undefined)) return;
    throw new CookieOriginError('missing');
  }
  if (origin === 'null') throw new CookieOriginError('null');
  if (others.length > 0 || !listed.includes(origin)) throw new CookieOriginError('unlisted');
}

function originsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'origin');
}
