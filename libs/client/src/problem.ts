import { TIMED_OUT } from './deadline';
import { type ErrorParts, type FieldFault, GatehouseError } from './errors';
import { isOffline } from './is-offline';
import { retryAfterOf } from './retry';
import { type Schemas } from './schemas';
import { type Texts } from './texts';

/** The error that a response with an unsuccessful status tells. `body` is parsed JSON, or a text. */
export function errorOf(response: Response, body: unknown, texts: Partial<Texts> | undefined): GatehouseError {
  const { status, headers } = response;
  const common = {
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterOf(headers.get('retry-after'), Date.now()),
  };
  const problem = problemOf(body);
  if (problem !== undefined) return new GatehouseError({ ...common, ...problem }, texts);
  // A browser shows a redirect that was not followed with the status 0.
  const isRedirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304);
  const detail = isRedirect
    ? 'the address redirects: give the final one as baseUrl'
    : 'the response is not one of the gateway';
  return new GatehouseError({ ...common, code: 'response_invalid', detail }, texts);
}

/** The error of an attempt that brought no complete response. `response` is the one whose body failed, if any. */
export function failureOf(
  cause: unknown,
  response: Response | undefined,
  texts: Partial<Texts> | undefined,
): GatehouseError {
  if (cause instanceof GatehouseError) return cause;
  const requestId = response?.headers.get('x-request-id') ?? undefined;
  if (cause === TIMED_OUT) return new GatehouseError({ code: 'timed_out', requestId }, texts);
  if (cause instanceof SyntaxError) {
    const parts = { code: 'response_invalid', status: response?.status, requestId, detail: 'the body is not JSON' };
    // Its message quotes the body.
    return new GatehouseError(parts, texts);
  }
  const code = isOffline() ? 'offline' : 'network_failed';
  return new GatehouseError({ code, requestId }, texts, { cause });
}

function problemOf(body: unknown): ErrorParts | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body) || typeof body.code !== 'string') return undefined;
  const { code, detail, requestId, errors, quota } = body as Readonly<Record<string, unknown>> & { code: string };
  return {
    code,
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof detail === 'string' && { detail }),
    ...(Array.isArray(errors) && { fields: errors.filter(isFieldFault) }),
    ...(typeof quota === 'object' && quota !== null && { quota: quota as Schemas['QuotaStanding'] }),
  };
}

function isFieldFault(value: unknown): value is FieldFault {
  const fault = value as Partial<FieldFault> | null;
  return [fault?.in, fault?.field, fault?.message].every((text) => typeof text === 'string');
}
