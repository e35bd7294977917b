import { type Socket, connect } from 'node:net';

/** The least that speaks HTTP, one request at a time: the generator shares the machine with what it measures. */
export class HttpConnection {
  private received = '';
  private answer: ((status: number) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => this.answer?.(0));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** The status of the answer; 0 when the connection ended without one. */
  send(request: Buffer | string): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
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
    const status = Number(this.received.slice(9, 12));
    this.received = '';
    this.answer?.(status);
  }
}
