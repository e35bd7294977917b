import { type Problem } from '@gatehouse/contracts';
import { problemOf } from '@gatehouse/http-edge';
import { type ErrorResponse } from './error-response';

/**
 * Body of an error response. The texts are not made here: docs/contributing/change-the-text-of-a-401.md says where each
 * one is.
 */
export function toProblem(response: ErrorResponse, requestId: string): Problem {
  const { errors, quota } = response;
  return {
    ...problemOf(response, requestId),
    ...(errors !== undefined && { errors: [...errors] }),
    ...(quota !== undefined && { quota }),
  };
}
