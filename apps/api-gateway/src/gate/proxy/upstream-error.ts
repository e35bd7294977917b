import { UpstreamFailedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../errors';

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/** The error for a request to an upstream that undici gave up. `isSent`: the upstream may have the request. */
export function upstreamError(error: Error, isSent: boolean): Error {
  if (TIMEOUTS.has('code' in error ? String(error.code) : '')) return new UpstreamTimeoutError({ cause: error });
  return isSent ? new UpstreamFailedError({ cause: error }) : new UpstreamUnreachableError({ cause: error });
}
