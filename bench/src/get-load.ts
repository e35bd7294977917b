import { HttpConnection } from './http-connection';
import { type LoadResult, loadResult } from './load-result';

/** Load of a route. `headerOf` returns the header lines of the n-th request, each with CRLF. */
export interface GetLoad {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Maximum number of requests. */
  readonly requests?: number;
  readonly headerOf: (number: number) => string;
}

/** Sends requests on keep-alive connections, one at a time on each. */
export async function getLoad(load: GetLoad): Promise<LoadResult> {
  const { requests = Number.MAX_SAFE_INTEGER } = load;
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  const began = performance.now();
  const until = began + load.seconds * 1_000;
  const worker = async (): Promise<void> => {
    const client = await HttpConnection.open(load.port);
    while (performance.now() < until && sent < requests) {
      const head = `GET ${load.path} HTTP/1.1\r\nHost: bench\r\n${load.headerOf(sent++)}\r\n`;
      const start = performance.now();
      if ((await client.send(head)) === 200) times.push(performance.now() - start);
      else failed++;
    }
    client.close();
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  return loadResult(times, failed, (performance.now() - began) / 1_000);
}
