import { type Server, createServer, request } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A proxy between a service and Clerk's Backend API that records the requests. */
export class CountingProxy {
  readonly asked: string[] = [];
  private target = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<CountingProxy> {
    const server = createServer((incoming, answer) => {
      proxy.asked.push(`${incoming.method} ${incoming.url?.split('?')[0]}`);
      const { method, headers, url: path } = incoming;
      const outgoing = request({ host: '127.0.0.1', port: proxy.target, method, path, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.writeHead(502).end());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new CountingProxy(server);
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Target of the requests; undefined until it is known. */
  leadTo(port: number): void {
    this.target = port;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
