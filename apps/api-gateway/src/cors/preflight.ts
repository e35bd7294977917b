import { type IncomingHttpHeaders } from 'node:http';

/** Headers that browsers never send with a preflight. */
const credentialHeaders = ['authorization', 'x-api-key', 'cookie'] as const;

/**
 * Returns the method that a preflight asks for; undefined if the request is no preflight. Browsers send a preflight
 * without credentials, before a request of another origin that HTML forms cannot send.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function preflightMethod(method: string, headers: IncomingHttpHeaders): string | undefined {
  return method === 'OPTIONS' && headers.origin !== undefined ? headers['access-control-request-method'] : undefined;
}

/**
 * Returns the method of a preflight that carries no credential; undefined for every other request. Such a preflight may
 * pass without a caller. One with a credential is no browser's, and the service might do more than answer it.
 */
export function anonymousPreflightMethod(method: string, headers: IncomingHttpHeaders): string | undefined {
  const requested = preflightMethod(method, headers);
  if (requested === undefined) return undefined;
  return credentialHeaders.some((name) => headers[name] !== undefined) ? undefined : requested;
}
