import { type IncomingHttpHeaders } from 'node:http';

/**
 * Returns the method that a preflight asks for; undefined if the request is no preflight. Browsers send a preflight
 * without credentials, before a request of another origin that HTML forms cannot send.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function preflightMethod(method: string, headers: IncomingHttpHeaders): string | undefined {
  return method === 'OPTIONS' && headers.origin !== undefined ? headers['access-control-request-method'] : undefined;
}
