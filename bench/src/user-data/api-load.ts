import { HttpConnection, statusOf } from '../http-connection';
import { type LoadResult, loadResult } from '../load-result';

/** One HTTP request of a load. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** API key of the caller. */
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Requests that one connection sends, one after the other. */
export interface ApiCaller {
  /** The next request, and what to do with its response. */
  next(): { readonly request: ApiRequest; readonly read?: (response: string) => void };
}

/** Load of one server. Ends after `seconds`, or after `requests`, whichever comes first. */
export interface ApiLoad {
  readonly port: number;
  readonly callers: readonly ApiCaller[];
  readonly seconds: number;
  readonly requests?: number;
}

/** Sends requests on keep-alive connections, one at a time on each. Throws RangeError when any of them is not 2xx. */
export async function apiLoad({ port, callers, seconds, requests = Infinity }: ApiLoad): Promise<LoadResult> {
  const times: number[] = [];
  let sent = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    callers.map(async (caller) => {
      const connection = await HttpConnection.open(port);
      try {
        while (performance.now() < until && sent < requests) {
          sent += 1;
          const { request, read } = caller.next();
          const text = requestText(request);
          const start = performance.now();
          const response = await connection.exchange(text);
          times.push(performance.now() - start);
          refuseFailure(request, response);
          read?.(response);
        }
      } finally {
        connection.close();
      }
    }),
  );
  return loadResult(times, 0, (performance.now() - began) / 1_000);
}

/** Sends one request on a connection of its own. Returns the response, whatever its status is. */
export async function exchange(port: number, request: ApiRequest): Promise<string> {
  const connection = await HttpConnection.open(port);
  try {
    return await connection.exchange(requestText(request));
  } finally {
    connection.close();
  }
}

/** JSON body of a response. */
export function bodyOf<Body = unknown>(response: string): Body {
  return JSON.parse(Buffer.from(response.slice(response.indexOf('\r\n\r\n') + 4), 'latin1').toString()) as Body;
}

/** Value of a header of a response. */
export function headerOf(response: string, name: string): string | undefined {
  const head = response.slice(0, response.indexOf('\r\n\r\n'));
  return new RegExp(`^${name}: (.*)\r?$`, 'im').exec(head)?.[1];
}

/** A failed request is faster or slower than a successful one, so it invalidates the measurement. */
function refuseFailure({ method, path }: ApiRequest, response: string): void {
  const status = statusOf(response);
  if (status >= 200 && status < 300) return;
  throw new RangeError(`${method} ${path} answered ${status}: ${response.slice(response.indexOf('\r\n\r\n') + 4)}`);
}

/** The text of a request. */
export function requestText({ method, path, key, headers = {}, body }: ApiRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const content = body === undefined ? '' : JSON.stringify(body);
  const type = body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${content.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: bench\r\nX-API-Key: ${key}\r\n${lines.join('')}${type}\r\n${content}`;
}
