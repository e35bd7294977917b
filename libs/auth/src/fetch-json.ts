import { KeySetInvalidError } from './errors';

const MAX_BYTES = 256 * 1024;

/**
 * Fetches a JSON document of at most 256 KiB. Follows no redirects.
 * @throws KeySetInvalidError when the status is not 2xx, or the body is not JSON or too large
 * @throws DOMException `TimeoutError` after `timeoutMs`
 */
export async function fetchJson(url: string, fetcher: typeof fetch, timeoutMs: number): Promise<unknown> {
  const response = await fetcher(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    // The timeout covers the headers and the body.
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new KeySetInvalidError(`was answered with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // An error thrown inside this loop cancels the response stream.
    if (size > MAX_BYTES) throw new KeySetInvalidError(`is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new KeySetInvalidError('is not JSON');
  }
}
