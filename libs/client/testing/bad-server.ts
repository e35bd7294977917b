import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request. `times`: how many requests have arrived, this one included. */
export type Behaviour = (response: ServerResponse, seen: Seen, times: number) => void;

/** A real HTTP server that behaves as a test says. */
export class BadServer {
  readonly seen: Seen[] = [];
  behave: Behaviour = (response) => json(response, 200, {});

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(): Promise<BadServer> {
    const server = createServer((request, response) => void bad.take(request, response));
    const bad = new BadServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return bad;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was seen, and behaves in another way. */
  answer(behave: Behaviour): void {
    this.seen.length = 0;
    this.behave = behave;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.seen.push(seen);
    this.behave(response, seen, this.seen.length);
  }
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}

/** Answers with a problem of the gateway. */
export function problem(
  response: ServerResponse,
  status: number,
  code: string,
  { headers = {}, ...more }: { headers?: Record<string, string> } & Record<string, unknown> = {},
): void {
  json(response, status, { type: 'about:blank', title: 'x', status, code, requestId: 'req_1', ...more }, headers);
}
