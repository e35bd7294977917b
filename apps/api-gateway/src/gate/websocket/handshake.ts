import { createHash } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

const VERSION = '13';
/** 16 bytes in Base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
/** Constant of RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What a client or an upstream must send once. */
type Headers = Readonly<NodeJS.Dict<string | string[]>>;

/**
 * What is wrong with the handshake of a client; undefined if nothing is. `head` are the bytes that arrived behind it.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
 */
export function handshakeFault(request: IncomingMessage, head: Buffer): string | undefined {
  const { method, headers, httpVersionMinor } = request;
  if (method !== 'GET' || httpVersionMinor === 0) return 'A WebSocket begins with GET in HTTP/1.1.';
  if (Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined) {
    return 'The request for a WebSocket must have no body.';
  }
  if (headers['sec-websocket-version'] !== VERSION) return `Sec-WebSocket-Version must be ${VERSION}.`;
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    return 'Sec-WebSocket-Key must be 16 bytes in Base64.';
  }
  // A client waits for the answer. These bytes could be meant as a request of their own.
  if (head.length > 0) return 'Send frames only after the response.';
  return undefined;
}

/** What is wrong with an upstream's 101; undefined if nothing is. `offered` are the subprotocols that it could select. */
export function acceptanceFault(headers: Headers, key: string, offered: readonly string[]): string | undefined {
  if (lower(headers['upgrade']) !== 'websocket') return 'its Upgrade is not websocket';
  if (
    !lower(headers['connection'])
      .split(',')
      .some((option) => option.trim() === 'upgrade')
  ) {
    return 'its Connection does not hold Upgrade';
  }
  if (headers['sec-websocket-accept'] !== acceptOf(key)) return 'its Sec-WebSocket-Accept does not match the key';
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
    return 'it announces a body';
  const selected = headers['sec-websocket-protocol'];
  if (selected !== undefined && !(typeof selected === 'string' && offered.includes(selected))) {
    return 'it selects a subprotocol that was not offered';
  }
  return undefined;
}

/** `Sec-WebSocket-Accept` for a key. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
}

function lower(value: string | string[] | undefined): string {
  return String(value ?? '').toLowerCase();
}
