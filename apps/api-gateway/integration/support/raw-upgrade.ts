import { connect } from 'node:net';
import { eventually } from '@gatehouse/testing';

/** A connection on which a client has asked for another protocol. */
export interface RawUpgrade {
  /** Status of the response. */
  readonly status: number;
  /** Sends a text and waits until it comes back. */
  echo(text: string): Promise<void>;
  close(): void;
}

/** Asks for another protocol than HTTP. The service of the test sends everything back. */
export async function sendUpgrade(
  url: string,
  headers: readonly (readonly [name: string, value: string])[],
  protocol = 'websocket',
): Promise<RawUpgrade> {
  const asked = [
    ...[['Host', 'api.example.com'] as const, ['Connection', 'Upgrade'] as const, ['Upgrade', protocol] as const],
    ...[['Sec-WebSocket-Version', '13'] as const, ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='] as const],
    ...headers,
  ];
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  const lines = asked.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /orders/live HTTP/1.1\r\n${lines.join('')}\r\n`);
  await eventually(() => received.includes('\r\n\r\n'), { intervalMs: 5 });
  return {
    status: Number(received.split(' ')[1]),
    async echo(text) {
      received = '';
      socket.write(text);
      await eventually(() => received === text, { intervalMs: 5 });
    },
    close: () => void socket.destroy(),
  };
}
