// Worker thread: a service behind the gate and its many clients, so that the memory of the gateway is measured alone.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { parentPort } from 'node:worker_threads';

/** What the test asks. */
type Order =
  { readonly kind: 'open'; readonly url: string; readonly keys: readonly string[] } | { readonly kind: 'echo' };

/** One client: its connection, and what it has received. */
interface Client {
  readonly key: string;
  readonly socket: Socket;
  isOpen: boolean;
  echoes: number;
  code: number | undefined;
}

const HELLO = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('hello')]);
const clients: Client[] = [];
const post = (message: object) => parentPort?.postMessage(message);

const server = createServer().on('upgrade', (request, socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.on('error', () => undefined);
  socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  // Sends every message of five letters back.
  socket.on('data', (chunk: Buffer) => {
    if (chunk[0] === 0x81) socket.write(Buffer.concat([Buffer.of(0x81, 5), chunk.subarray(6, 11)]));
  });
});
server.listen(0, '127.0.0.1', () => post({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));

function open(url: string, key: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const client: Client = { key, socket, isOpen: false, echoes: 0, code: undefined };
  clients.push(client);
  const lines = ['GET /chat HTTP/1.1', 'Host: api.example.com', 'Connection: Upgrade', 'Upgrade: websocket'];
  const more = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', `X-API-Key: ${key}`];
  socket.write(`${[...lines, ...more].join('\r\n')}\r\n\r\n`);
  return new Promise((resolve) => {
    socket
      .on('error', () => undefined)
      .once('close', () => {
        client.isOpen = false;
        resolve();
      });
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('HTTP/1.1 101')) {
        client.isOpen = true;
        resolve();
      } else if (chunk[0] === 0x88) client.code = chunk.readUInt16BE(2);
      else client.echoes += 1;
    });
  });
}

parentPort?.on('message', (order: Order) => void obey(order));

async function obey(order: Order): Promise<void> {
  if (order.kind === 'open') {
    for (let from = 0; from < order.keys.length; from += 50) {
      await Promise.all(order.keys.slice(from, from + 50).map((key) => open(order.url, key)));
    }
  } else for (const { socket, isOpen } of clients) if (isOpen) socket.write(HELLO);
  post({ done: order.kind });
}

setInterval(() => {
  const closed = clients.filter(({ code }) => code !== undefined).map(({ key, code }) => [key, code]);
  post({
    open: clients.filter(({ isOpen }) => isOpen).length,
    echoed: clients.filter(({ echoes }) => echoes > 0).length,
    closed,
  });
}, 100);
