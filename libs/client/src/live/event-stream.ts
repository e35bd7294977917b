import { type EventSourceMessage, createParser } from 'eventsource-parser';
import { withDeadline } from '../deadline';
import { EventUnreadableError } from '../errors';

/** Characters of one event at most. A resource has at most 64 KiB. */
const MAX_EVENT = 1_048_576;

/** The reader of a body, in the types of every runtime. */
interface BytesReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/** What a stream brings: an event, or the wait before a reconnection, in milliseconds. */
export type Streamed = { readonly event: EventSourceMessage } | { readonly retryMs: number };

/**
 * Iterates over the events of a response, until its end.
 * @param silenceMs longest time without any byte
 * @throws TIMED_OUT after that time; EventUnreadableError; the failure of the connection
 */
export async function* eventsOf(
  response: Response,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<Streamed, void, undefined> {
  const reader = response.body?.getReader() as BytesReader | undefined;
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let parsed: Streamed[] = [];
  let isTooLarge = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT,
    onEvent: (event) => void parsed.push({ event }),
    onRetry: (retryMs) => void parsed.push({ retryMs }),
    onError: ({ type }) => void (isTooLarge ||= type === 'max-buffer-size-exceeded'),
  });
  try {
    for (;;) {
      const { done, value } = await withDeadline(silenceMs, signal, () => reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* parsed;
      parsed = [];
      if (isTooLarge) throw new EventUnreadableError(`is larger than ${MAX_EVENT} characters`);
    }
  } finally {
    // Frees the connection. Its own failure is known already.
    await reader.cancel().catch(() => undefined);
  }
}
