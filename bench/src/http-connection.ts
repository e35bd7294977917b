import { type Socket, connect } from 'node:net';

/** A minimal HTTP client with one request at a time, because the generator shares the machine with the server. */
export class HttpConnection {
  private received = '';
  private answer: ((text: string) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => this.answer?.(''));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request. Returns the status, or 0 when the connection ended without a response. */
  async send(request: Buffer | string): Promise<number> {
    return statusOf(await this.exchange(request));
  }

  /** Sends a request. Returns the response, head and body, or an empty text when the connection ended without one. */
  exchange(request: Buffer | string): Promise<string> {
    if (this.socket.destroyed) return Promise.resolve('');
    return new Promise((resolve) => {
      this.answer = resolve;
      this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.answer = undefined;
    this.socket.destroy();
  }

  private read(text: string): void {
    this.received += text;
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const response = this.received;
    this.received = '';
    this.answer?.(response);
  }
}

/** Status of a response; 0 of an empty text. */
export function statusOf(response: string): number {
  return Number(response.slice(9, 12));
}
