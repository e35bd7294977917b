import { type IncomingMessage } from 'node:http';
import { type Rejection, malformed, rejections } from './rejection';

/**
 * What is wrong with the head of a request; undefined when nothing is. The parser has already refused what contradicts
 * HTTP's grammar, among it a request with both `Content-Length` and `Transfer-Encoding`.
 */
export function headFault(request: IncomingMessage, maxHeaders: number): Rejection | undefined {
  const { rawHeaders, headers, httpVersionMinor } = request;
  // Node's own limit drops further headers without a word. Then this process and the next one see different requests.
  if (rawHeaders.length > 2 * maxHeaders) return rejections.headersTooLarge;
  // Node keeps the first of several `Host` headers. RFC 9112, section 3.2, rejects them.
  const hosts = countHosts(rawHeaders);
  if (hosts > 1 || (hosts === 0 && httpVersionMinor > 0)) return malformed('Send the header Host once.');
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // The parser decodes `chunked` and nothing else, so the body would be another one than the sender means.
  if (coding.toLowerCase() !== 'chunked') return malformed('The transfer encoding must be chunked.');
  // RFC 9112, section 6.1: the framing of such a request is faulty.
  return httpVersionMinor === 0 ? malformed('HTTP/1.0 has no transfer encoding.') : undefined;
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
