import { type IncomingHttpHeaders } from 'node:http';
import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { type ErrorResponse } from '../problems/error-response';
import { toProblem } from '../problems/problem';
import { isNavigation, pagePolicy, problemPage } from '../problems/problem-page';
import { type RouteRules } from './route-rules';

/** Body of a refusal, with the headers that belong to it. */
interface RefusalContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Returns the body of a refusal: a page for people, if a browser navigates to a route that accepts the session cookie,
 * and a problem for everybody else. A redirect has none.
 */
export function refusalContent(
  problem: ErrorResponse,
  requestId: string,
  rules: Pick<RouteRules, 'credentials'> | undefined,
  headers: IncomingHttpHeaders,
): RefusalContent {
  if (problem.status === 302) return { headers: {}, body: '' };
  if (rules?.credentials.includes('cookie') === true && isNavigation({ headers })) {
    return {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy },
      body: problemPage(problem, requestId, undefined),
    };
  }
  return { headers: { 'content-type': PROBLEM_TYPE }, body: JSON.stringify(toProblem(problem, requestId)) };
}
