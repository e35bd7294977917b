/** Maximum size of a payload in a reply. The reply must fit into one NATS message of 2 MiB, with the other fields. */
const MAX_REPLY_BYTES = 1_500_000;
const MAX_TEXT = 64 * 1024;

/** A stored body for display: parsed if it is JSON that fits into a reply, otherwise its first 64 K characters. */
export function showablePayload(body: Buffer | null): unknown {
  if (body === null || body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    const json: unknown = JSON.parse(text);
    // Checks the size of the result and not of the body, because the result can be longer: `1e20` becomes
    // `100000000000000000000`. `JSON.stringify` throws for deeply nested JSON.
    if (Buffer.byteLength(JSON.stringify(json)) <= MAX_REPLY_BYTES) return json;
  } catch {
    // Shown as text.
  }
  return text.slice(0, MAX_TEXT);
}
