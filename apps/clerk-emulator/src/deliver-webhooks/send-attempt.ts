import { type Delivery } from './delivery';
import { svixSignature } from './svix-signature';

/** What came of one attempt. */
export interface AttemptOutcome {
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | null;
}

/** How an attempt is made. */
export interface AttemptOptions {
  readonly secret: string;
  /** ms since 1970 */
  readonly now: number;
  readonly timeoutMs: number;
  /** Ends the attempt early. */
  readonly signal: AbortSignal;
}

const ANSWER_READ_BYTES = 65_536;

/** Sends a delivery once, signed as Svix signs. Only 2xx is success; a redirect is not followed. Never rejects. */
export async function sendAttempt(delivery: Delivery, options: AttemptOptions): Promise<AttemptOutcome> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: headersFor(delivery, options),
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, options.signal]),
    });
    await drain(response);
    const error = response.ok ? null : `answered ${response.status}; only 2xx counts`;
    return { status: response.status, error, retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    const error = timeout.aborted ? `timed out after ${options.timeoutMs} ms` : reasonOf(cause);
    return { status: null, error, retryAfter: null };
  }
}

function headersFor(delivery: Delivery, options: AttemptOptions): Record<string, string> {
  const { faults, message_id: id, body } = delivery;
  const timestamp = Math.floor(options.now / 1_000) + (faults?.timestamp_offset_seconds ?? 0);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'Svix-Webhooks/1.0 (clerk-emulator)',
    'svix-id': id,
    'svix-timestamp': String(timestamp),
    'svix-signature': faults?.signature ?? svixSignature(faults?.secret ?? options.secret, id, timestamp, body),
  };
  for (const name of faults?.omit ?? []) delete headers[name];
  return headers;
}

/** Reads the answer so that the connection can serve the next attempt, but no more than is sensible. */
async function drain(response: Response): Promise<void> {
  let read = 0;
  for await (const chunk of response.body ?? []) {
    read += (chunk as Uint8Array).byteLength;
    if (read > ANSWER_READ_BYTES) return;
  }
}

function reasonOf(failure: unknown): string {
  const { cause, message } = failure as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? 'request failed';
}
