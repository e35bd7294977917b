import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

/** A plain connection to an HTTP server. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that was received so far. */
  readonly text: () => string;
  /** Resolves when the connection is closed, with everything that was received. */
  readonly closed: Promise<string>;
}

/** Opens a connection, and sends bytes. */
export async function openRaw(url: string, bytes: string): Promise<RawConnection> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  socket.write(Buffer.from(bytes, 'latin1'));
  return { socket, text: () => text, closed };
}
