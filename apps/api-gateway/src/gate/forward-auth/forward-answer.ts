import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { type RateHeaders } from '../../limits/rate-headers';
import { type ErrorResponse } from '../../problems/error-response';
import { toProblem } from '../../problems/problem';
import { type IdentityHeaders } from './identity-headers';
import { type ProxyFamily } from './proxy-family';

/** Response to a proxy. */
export interface ForwardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answer that lets a request pass. */
export function passAnswer(identity: IdentityHeaders, rateHeaders: RateHeaders | undefined): ForwardAnswer {
  return { status: 200, headers: { 'cache-control': 'no-store', ...identity, ...rateHeaders }, body: '' };
}

/**
 * Answer that refuses a request. Proxies pass it on to the client, except nginx, which turns all but 401 and 403 into
 * 500 and passes on no body. For nginx the status is therefore 401 or 403, and `X-Gatehouse-Status` is the status for
 * the client: the documented configuration restores it.
 */
export function refuseAnswer(
  family: ProxyFamily,
  problem: ErrorResponse,
  requestId: string,
  rateHeaders: RateHeaders | undefined,
): ForwardAnswer {
  const headers = {
    ...{ 'cache-control': 'no-store', 'content-type': PROBLEM_TYPE },
    ...rateHeaders,
    ...problem.headers,
  };
  const body = JSON.stringify(toProblem(problem, requestId));
  const { status, code } = problem;
  if (family !== 'nginx') return { status, headers, body };
  return {
    status: status === 401 ? 401 : 403,
    headers: { ...headers, 'x-gatehouse-status': String(status), 'x-gatehouse-code': code },
    body,
  };
}
