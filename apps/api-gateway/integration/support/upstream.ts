import { type IncomingMessage, type RequestListener, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What a service behind the gate received. */
export interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A service behind the gate. Answers 200 with `the order` unless a test sets `answer`. */
export class TestUpstream {
  received: Received[] = [];
  answer: RequestListener | undefined;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      if (this.answer !== undefined) return this.answer(request, response);
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      request.on('end', () => {
        this.received.push({ request, body });
        response.end('the order');
      });
    });
  }

  static async start(): Promise<TestUpstream> {
    const upstream = new TestUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was received, and answers as at the start. */
  reset(): void {
    this.received = [];
    this.answer = undefined;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
