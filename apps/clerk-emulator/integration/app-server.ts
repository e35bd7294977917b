import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A frontend on a development server. */
export interface AppServer {
  /** `http://localhost` with the port, as developers open it. */
  readonly origin: string;
  close(): Promise<void>;
}

/** What the server serves. */
interface App {
  /** HTML of every path without a script. */
  readonly html: string;
  /** Scripts by their path. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Where requests below `/__clerk` go, without this prefix, as with `server.proxy` of Vite. */
  readonly clerk?: () => string;
}

const PREFIX = '/__clerk';

/** Starts a development server of a frontend. */
export async function startAppServer({ html, scripts = {}, clerk }: App): Promise<AppServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts[pathname];
    if (clerk && pathname.startsWith(`${PREFIX}/`)) forward(request, response, clerk());
    else if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
    else response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(request: IncomingMessage, response: ServerResponse, target: string): void {
  const url = new URL((request.url ?? '').slice(PREFIX.length), target);
  const upstream = sendRequest(url, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.writeHead(502).end());
  request.pipe(upstream);
}
