import { STATUS_CODES } from 'node:http';
import { type Problem } from '@gatehouse/contracts';
import { type Answer } from './answer';

/** The media type of every error. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The body of an error. `type` is `about:blank` because `code` says what it is. @see RFC 9457 section 4.2.1 */
export function toProblem({ status, code, detail, errors }: Answer, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail !== undefined && { detail }),
    requestId,
    ...(errors !== undefined && { errors: [...errors] }),
  };
}
