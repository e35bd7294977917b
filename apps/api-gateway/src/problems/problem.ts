import { STATUS_CODES } from 'node:http';
import { type Problem } from '@gatehouse/contracts';
import { type ErrorResponse } from './error-response';

/** Media type of every error response. */
export const PROBLEM_TYPE = 'application/problem+json';

/**
 * Body of an error response. The texts are not made here: docs/contributing/change-the-text-of-a-401.md says where each
 * one is. `type` is `about:blank` because `code` identifies the problem. @see RFC 9457 section 4.2.1
 */
export function toProblem({ status, code, detail, errors, quota }: ErrorResponse, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail !== undefined && { detail }),
    requestId,
    ...(errors !== undefined && { errors: [...errors] }),
    ...(quota !== undefined && { quota }),
  };
}
