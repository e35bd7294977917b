import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { eventually } from '@gatehouse/testing';
import { CLOSE, FrameReader, TEXT, frame } from './web-socket-frames';

/** Key of the example of RFC 6455. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

type Headers = readonly (readonly [name: string, value: string])[];

/** Headers of a handshake. */
export const handshake: Headers = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', KEY],
];

/** What a client sends instead of a usual handshake. */
interface Opening {
  readonly method?: string;
  readonly headers?: Headers;
  /** Bytes right behind the request. */
  readonly early?: string;
}

/** A WebSocket on a plain connection, so that tests see every byte. */
export class WebSocketClient {
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  /** Body of a response that is not 101. */
  text = '';
  readonly messages: string[] = [];
  /** Close frame of the other end: code and reason. */
  closedWith: readonly [code: number, reason: string] | undefined;
  /** Whether the connection has ended. */
  hasEnded = false;
  private readonly reader = new FrameReader();
  private buffered = '';

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk)).on('error', () => undefined);
    socket.once('close', () => (this.hasEnded = true));
  }

  /** Opens a connection, sends a handshake, and waits for the head of the response. */
  static async open(url: string, path: string, headers: Headers = [], opening: Opening = {}): Promise<WebSocketClient> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const client = new WebSocketClient(socket);
    await once(socket, 'connect');
    const lines = [['Host', 'api.example.com'], ...(opening.headers ?? handshake), ...headers];
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`${opening.method ?? 'GET'} ${path} HTTP/1.1\r\n${head}\r\n${opening.early ?? ''}`, 'latin1');
    await eventually(() => client.status !== 0 || client.hasEnded);
    return client;
  }

  /** Bytes of a frame that is not complete. */
  get pending(): number {
    return this.reader.pending;
  }

  send(text: string): void {
    this.socket.write(frame(TEXT, text, true));
  }

  /** Resolves when a message has come. */
  async received(text: string): Promise<void> {
    await eventually(() => this.messages.includes(text));
  }

  /** Resolves when the connection has ended. */
  async ended(): Promise<this> {
    await eventually(() => this.hasEnded);
    return this;
  }

  private receive(chunk: Buffer): void {
    if (this.status === 101) return this.readFrames(chunk);
    if (this.status !== 0) return void (this.text += chunk.toString('latin1'));
    this.buffered += chunk.toString('latin1');
    const end = this.buffered.indexOf('\r\n\r\n');
    if (end === -1) return;
    const [first = '', ...lines] = this.buffered.slice(0, end).split('\r\n');
    this.headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    this.status = Number(first.split(' ')[1]);
    this.receive(Buffer.from(this.buffered.slice(end + 4), 'latin1'));
  }

  private readFrames(chunk: Buffer): void {
    for (const { opcode, payload } of this.reader.read(chunk)) {
      if (opcode === CLOSE) this.closedWith = [payload.readUInt16BE(), payload.subarray(2).toString()];
      else this.messages.push(payload.toString());
    }
  }
}
