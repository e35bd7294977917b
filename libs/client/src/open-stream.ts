import { type Calls } from './calls';
import { type CredentialHeader } from './credentials';
import { withDeadline } from './deadline';
import { errorOf, failureOf } from './problem';

const EVENT_STREAM = 'text/event-stream';

/** Options of opening a stream. */
export interface StreamOptions {
  /** Id of the last event that was received. */
  readonly lastEventId?: string | undefined;
  /** Ends the wait for the response. Cancel the body of the response to close it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens `GET /api/realtime`, with a new token if the one at hand has expired.
 * @throws GatehouseError
 */
export async function openStream(
  { settings, credentials }: Calls,
  { lastEventId, signal: stop }: StreamOptions,
): Promise<Response> {
  const { baseUrl, fetch, timeoutMs, texts } = settings;
  const request = (credential: CredentialHeader, signal: AbortSignal) =>
    fetch(
      new Request(`${baseUrl}/api/realtime`, {
        headers: {
          accept: EVENT_STREAM,
          ...(credential && { [credential[0]]: credential[1] }),
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
        cache: 'no-store',
        redirect: 'manual',
        signal,
      }),
    );
  try {
    return await withDeadline(timeoutMs, stop, async (signal) => {
      const credential = await credentials.current();
      const first = await request(credential, signal);
      if (isStream(first)) return first;
      const error = errorOf(first, await jsonOf(first), texts);
      const renewed = error.code === 'token_expired' ? await credentials.renewed(credential) : undefined;
      if (renewed === undefined) throw error;
      const second = await request(renewed, signal);
      if (isStream(second)) return second;
      throw errorOf(second, await jsonOf(second), texts);
    });
  } catch (cause) {
    stop?.throwIfAborted();
    throw failureOf(cause, undefined, texts);
  }
}

function isStream({ ok, headers }: Response): boolean {
  return ok && headers.get('content-type')?.startsWith(EVENT_STREAM) === true;
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
