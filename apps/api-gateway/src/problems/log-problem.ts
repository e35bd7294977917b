import { type Logger } from 'pino';
import { type ErrorResponse } from './error-response';

/** Logs why a request was refused or failed. */
export function logProblem(logger: Logger, error: unknown, { status, code }: ErrorResponse): void {
  if (status === 500) logger.error({ err: error, code }, 'request failed');
  // Without the stack: an outage repeats this line for every request.
  else if (status > 500) logger.warn({ code, reason: String(error) }, 'request failed: dependency unavailable');
  else logger.debug({ code, status }, 'request rejected');
}
