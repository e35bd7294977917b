import { type Rejection } from '@gatehouse/http-edge';
import { type RateHeaders } from '../../limits/rate-headers';
import { type ErrorResponse } from '../../problems/error-response';
import { type IdentityHeaders } from './identity-headers';
import { type ProxyFamily } from './proxy-family';

const NO_STORE = { 'cache-control': 'no-store' };

/** Response to a proxy. */
export interface ForwardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Answer that lets a request pass. `cookies` are those that the service gets: a proxy copies this header like those of
 * the identity. Undefined if the client sent none.
 */
export function passAnswer(
  identity: IdentityHeaders,
  cookies: string | undefined,
  rateHeaders: RateHeaders | undefined,
): ForwardAnswer {
  const headers = { ...NO_STORE, ...identity, ...rateHeaders };
  return { status: 200, headers: cookies === undefined ? headers : { ...headers, cookie: cookies }, body: '' };
}

/**
 * Answer that refuses a request. Proxies pass it on to the client, except nginx, which turns all but 401 and 403 into
 * 500 and passes on no body. For nginx the status is therefore 401 or 403, and `X-Gatehouse-Status` is the status for
 * the client: the documented configuration restores it. `X-Gatehouse-Location` is where a browser must sign in.
 */
export function refuseAnswer(
  family: ProxyFamily,
  { status, code, headers: ofProblem }: ErrorResponse,
  more: Readonly<Record<string, string>>,
  body: string,
): ForwardAnswer {
  const headers = { ...NO_STORE, ...more, ...ofProblem };
  return { ...toldTo(family, { status, code, headers }), body };
}

/** A rejection that the server itself decides, such as 431, as a proxy gets it. */
export function refusedArrival(family: ProxyFamily, rejection: Rejection): Rejection {
  return { ...rejection, ...toldTo(family, { ...rejection, headers: { ...NO_STORE, ...rejection.headers } }) };
}

function toldTo(
  family: ProxyFamily,
  { status, code, headers }: Pick<Rejection, 'status' | 'code'> & Pick<ForwardAnswer, 'headers'>,
): Pick<ForwardAnswer, 'status' | 'headers'> {
  if (family !== 'nginx') return { status, headers };
  const { location, ...others } = headers;
  return {
    status: status === 401 || status === 302 ? 401 : 403,
    headers: {
      ...others,
      ...{ 'x-gatehouse-status': String(status), 'x-gatehouse-code': code },
      ...(location !== undefined && { 'x-gatehouse-location': location }),
    },
  };
}
