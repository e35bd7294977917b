/** A reply must fit into one NATS message of 2 MiB, with space for the other fields of the row. */
const MAX_REPLY_BYTES = 1_500_000;
const MAX_TEXT = 64 * 1024;

/** A stored body for display: parsed if it is JSON that fits into a reply, otherwise its first 64 K characters. */
export function showablePayload(body: Buffer | null): unknown {
  if (body === null || body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    const json: unknown = JSON.parse(text);
    // Throws for JSON that is nested too deeply to be written again. Rewritten numbers can be longer than the original.
    if (Buffer.byteLength(JSON.stringify(json)) <= MAX_REPLY_BYTES) return json;
  } catch {
    // Shown as text.
  }
  return text.slice(0, MAX_TEXT);
}
