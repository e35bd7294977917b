import { STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';

/** Writes the head of a response (name, value, name, value) to a connection that has no response object. */
export function writeHead(socket: Duplex, status: number, headers: readonly (string | readonly string[])[]): boolean {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const value = headers[index + 1] ?? '';
    for (const one of typeof value === 'string' ? [value] : value) head += `${String(headers[index])}: ${one}\r\n`;
  }
  // Like Node: bytes of an upstream that are not ASCII stay what they are.
  return socket.write(`${head}\r\n`, 'latin1');
}
