import { type AttemptFault } from '../inject-faults/delivery-faults';
import { alterBody } from './alter-body';
import { type AttemptRequest, type AttemptResponse, type Delivery } from './delivery';
import { svixSignatures } from './svix-signature';

/** Result of one attempt. */
interface AttemptResult {
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | null;
  readonly request: AttemptRequest;
  readonly response: AttemptResponse | null;
}

/** Settings of one attempt. */
interface AttemptOptions {
  /** Secrets that sign, the current one first. */
  readonly secrets: readonly string[];
  /** Faults of this attempt. */
  readonly faults: readonly AttemptFault[];
  /** ms since 1970 */
  readonly now: number;
  readonly timeoutMs: number;
  /** Aborts the attempt. */
  readonly signal: AbortSignal;
}

const ANSWER_READ_BYTES = 65_536;
const ANSWER_KEPT_CHARS = 4_096;
const ALTERED_KEPT_CHARS = 16_384;

/**
 * Sends a delivery once, signed as Svix signs. Only 2xx is a success; redirects are not followed. The promise never
 * rejects.
 */
export async function sendAttempt(delivery: Delivery, options: AttemptOptions): Promise<AttemptResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const { headers, body } = requestOf(delivery, options);
  const request = { headers, body: body === delivery.body ? null : body.slice(0, ALTERED_KEPT_CHARS) };
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, options.signal]),
    });
    const text = await readSome(response);
    const error = response.ok ? null : `answered ${response.status}; only 2xx counts`;
    return {
      status: response.status,
      error,
      retryAfter: response.headers.get('retry-after'),
      request,
      response: { headers: Object.fromEntries(response.headers), body: text },
    };
  } catch (cause) {
    const error = timeout.aborted ? `timed out after ${options.timeoutMs} ms` : reasonOf(cause);
    return { status: null, error, retryAfter: null, request, response: null };
  }
}

/** Headers and body, with the faults applied. */
function requestOf(delivery: Delivery, options: AttemptOptions): { headers: Record<string, string>; body: string } {
  const { faults: forged, message_id: id } = delivery;
  const of = (kind: AttemptFault['kind']) => options.faults.find((fault) => fault.kind === kind);
  const altered = of('altered_body');
  const body = altered ? alterBody(delivery.body, altered.alteration ?? 'letter') : delivery.body;
  const signedBody = altered?.resign ? body : delivery.body;
  const offset = (of('stale_timestamp') ?? of('future_timestamp'))?.offset_seconds ?? 0;
  const timestamp = Math.floor(options.now / 1_000) + offset + (forged?.timestamp_offset_seconds ?? 0);
  const wrong = forged?.secret ?? of('wrong_signature')?.secret;
  const secrets = wrong === undefined ? options.secrets : [wrong];
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'Svix-Webhooks/1.0 (clerk-emulator)',
    'svix-id': id,
    'svix-timestamp': String(timestamp),
    'svix-signature': forged?.signature ?? svixSignatures(secrets, id, timestamp, signedBody),
  };
  for (const name of forged?.omit ?? []) delete headers[name];
  return { headers, body };
}

/**
 * Returns the first 4 Ki characters of the response's body. Reads the body to its end, or to 64 KiB, because a
 * connection can be reused only when the whole body was read.
 */
async function readSome(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let read = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    read += (chunk as Uint8Array).byteLength;
    if (text.length < ANSWER_KEPT_CHARS) text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (read > ANSWER_READ_BYTES) break;
  }
  return text.slice(0, ANSWER_KEPT_CHARS);
}

function reasonOf(failure: unknown): string {
  const { cause, message } = failure as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? 'request failed';
}
