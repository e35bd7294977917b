import { UpstreamFailedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../upstream-errors';

const TIMEOUTS: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** The error for a request to an upstream that undici gave up. `isSent`: the upstream may have the request. */
export function upstreamError(error: Error, isSent: boolean): Error {
  // Also when no connection opened in time.
  if (!isSent) return new UpstreamUnreachableError({ cause: error });
  if (TIMEOUTS.has('code' in error ? String(error.code) : '')) return new UpstreamTimeoutError({ cause: error });
  return new UpstreamFailedError({ cause: error });
}
