import { type Calls } from './calls';
import { type CredentialHeader } from './credentials';
import { withDeadline } from './deadline';
import { OptionInvalidError } from './errors';
import { failureOf } from './problem';
import { SameCaller } from './same-caller';

/**
 * Sends a request to a path of the gateway with the credential, and once more with a new token if it had expired. Returns
 * every response. The time until its headers is limited.
 * @param caller whom this request and those before it have in common
 * @throws OptionInvalidError; GatehouseError without a response; the reason of the signal
 */
export async function fetchAs(
  { settings, credentials }: Calls,
  path: string,
  init: RequestInit = {},
  caller = new SameCaller(settings.texts),
): Promise<Response> {
  // Otherwise it could continue the host of the gateway.
  if (!path.startsWith('/')) throw new OptionInvalidError('path', 'must begin with /');
  const { baseUrl, fetch, timeoutMs, texts } = settings;
  const stop = init.signal ?? undefined;
  const send = (credential: CredentialHeader, bounded: AbortSignal): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (credential !== undefined) headers.set(...credential);
    // The caller's signal also ends the body, for which no time is set.
    const signal = stop === undefined ? bounded : AbortSignal.any([bounded, stop]);
    return fetch(new Request(`${baseUrl}${path}`, { ...init, headers, redirect: 'manual', signal }));
  };
  try {
    return await withDeadline(timeoutMs, stop, async (bounded) => {
      const credential = caller.check(await credentials.current());
      const first = await send(credential, bounded);
      if (isReadOnce(init.body) || !(await hasExpired(first))) return first;
      const renewed = await credentials.renewed(credential);
      if (renewed === undefined) return first;
      await first.body?.cancel();
      return send(caller.check(renewed), bounded);
    });
  } catch (cause) {
    stop?.throwIfAborted();
    throw failureOf(cause, undefined, texts);
  }
}

/** Whether the first request has used up the body: a stream, or what Node takes as one. */
function isReadOnce(body: unknown): boolean {
  return body instanceof ReadableStream || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body);
}

/** Whether the gateway rejected an expired token. Other services may have a 401 of their own, which is not read. */
async function hasExpired(response: Response): Promise<boolean> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (response.status !== 401 || !isProblem) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { readonly code?: unknown } | null | undefined;
  return body?.code === 'token_expired';
}
