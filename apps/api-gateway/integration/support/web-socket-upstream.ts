import { createHash } from 'node:crypto';
import { type IncomingMessage, type RequestListener, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Duplex } from 'node:stream';
import { CLOSE, FrameReader, TEXT, frame } from './web-socket-frames';

/** Answers a handshake. */
type Answer = (socket: Duplex, request: IncomingMessage) => void;

/** Lines of a 101, without the empty line at its end. */
export function acceptance({ headers }: IncomingMessage, ...more: string[]): string[] {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, ...more];
}

/** A service behind the gate whose WebSockets send every text back, unless a test sets `answer`. */
export class WebSocketUpstream {
  /** Handshakes that arrived. */
  handshakes: IncomingMessage[] = [];
  /** Requests that arrived without an upgrade. */
  requests: IncomingMessage[] = [];
  /** Close frames of the gate or its clients: code and reason. */
  closedWith: (readonly [code: number, reason: string])[] = [];
  answer: Answer = (socket, request) => this.accept(socket, request);
  respond: RequestListener = (_request, response) => response.end('plain');
  readonly sockets = new Set<Duplex>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.requests.push(request);
      this.respond(request, response);
    }).on('upgrade', (request, socket) => {
      this.handshakes.push(request);
      this.sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
      this.answer(socket, request);
    });
  }

  static async start(): Promise<WebSocketUpstream> {
    const upstream = new WebSocketUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Accepts a handshake, and sends every text back. */
  accept(socket: Duplex, request: IncomingMessage, ...more: string[]): void {
    socket.write(`${acceptance(request, ...more).join('\r\n')}\r\n\r\n`);
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const { opcode, payload } of reader.read(chunk)) {
        if (opcode === TEXT) socket.write(frame(TEXT, payload));
        if (opcode !== CLOSE) continue;
        this.closedWith.push([payload.readUInt16BE(), payload.subarray(2).toString()]);
        socket.end(frame(CLOSE, payload));
      }
    });
  }

  /** Forgets what has arrived, closes all WebSockets, and answers as at the start. */
  reset(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    [this.handshakes, this.requests, this.closedWith] = [[], [], []];
    this.answer = (socket, request) => this.accept(socket, request);
    this.respond = (_request, response) => response.end('plain');
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
  }
}
