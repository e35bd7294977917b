/** A reply must fit into one NATS message of 2 MiB, with room for the rest of the row. */
const MAX_REPLY_BYTES = 1_500_000;
const MAX_TEXT = 64 * 1024;

/** A stored body as it can be shown: parsed where it is JSON that can be sent on, else its first 64 K characters. */
export function showablePayload(body: Buffer | null): unknown {
  if (body === null || body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    const json: unknown = JSON.parse(text);
    // Deep nesting parses and cannot be written again; odd numbers grow when written again.
    if (Buffer.byteLength(JSON.stringify(json)) <= MAX_REPLY_BYTES) return json;
  } catch {
    // Shown as text.
  }
  return text.slice(0, MAX_TEXT);
}
