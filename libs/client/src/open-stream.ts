import { type Calls } from './calls';
import { withDeadline } from './deadline';
import { fetchAs } from './fetch-as';
import { errorOf, failureOf } from './problem';
import { type SameCaller } from './same-caller';

const EVENT_STREAM = 'text/event-stream';

/** Options of opening a stream. */
export interface StreamOptions {
  /** Id of the last event that was received. */
  readonly lastEventId?: string | undefined;
  /** Ends the wait for the response, and the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Whom this stream and those before it have in common. Default: nobody. */
  readonly caller?: SameCaller | undefined;
}

/**
 * Opens `GET /api/realtime`, with a new token if the one at hand has expired.
 * @throws GatehouseError, or the reason of the signal
 */
export async function openStream(calls: Calls, { lastEventId, signal, caller }: StreamOptions): Promise<Response> {
  const { timeoutMs, texts } = calls.settings;
  const refused = new AbortController();
  const init = {
    headers: { accept: EVENT_STREAM, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    cache: 'no-store',
    signal: AbortSignal.any([refused.signal, ...(signal === undefined ? [] : [signal])]),
  } as const;
  const response = await fetchAs(calls, '/api/realtime', init, caller);
  if (response.ok && response.headers.get('content-type')?.startsWith(EVENT_STREAM) === true) return response;
  try {
    throw errorOf(response, await withDeadline(timeoutMs, signal, () => jsonOf(response)), texts);
  } catch (cause) {
    signal?.throwIfAborted();
    throw failureOf(cause, response, texts);
  } finally {
    // Frees the connection of a body that has no end.
    refused.abort();
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
