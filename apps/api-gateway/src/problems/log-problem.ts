import { type Logger } from 'pino';
import { type ErrorResponse } from './error-response';

/** Logs why a request was refused or failed. `ids`: those of the request, where the log has no context. */
export function logProblem(logger: Logger, error: unknown, { status, code }: ErrorResponse, ids = {}): void {
  if (status === 500) logger.error({ ...ids, err: error, code }, 'request failed');
  // Without the stack: an outage repeats this line for every request.
  else if (status > 500) logger.warn({ ...ids, code, reason: String(error) }, 'request failed: dependency unavailable');
  else logger.debug({ ...ids, code, status }, 'request rejected');
}
