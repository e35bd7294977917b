import { type KeyObject, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { HttpConnection } from './http-connection';
import { type LoadResult, loadResult } from './load-result';

/** Load of a webhook endpoint. */
export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly connections: number;
  readonly seconds: number;
  /** Deliveries per second on all connections together; undefined: as many as possible. */
  readonly rate?: number;
  /** Maximum number of requests. */
  readonly events?: number;
  readonly bodyBytes: number;
}

const USERS = 1_000;

/** Clerk instance of the deliveries. user-sync applies no event of another instance. */
export const loadInstance = 'ins_bench';
/** Text that compresses to about half, like a real payload. */
const filler = randomBytes(512 * 1_024).toString('hex');
let run = 0;

/** Sends signed deliveries on keep-alive connections, one at a time on each. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds, rate, events = Number.MAX_SAFE_INTEGER } = options;
  const key = createSecretKey(Buffer.from(options.secret.slice('whsec_'.length), 'base64'));
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  run += 1;
  const prefix = `msg_bench${process.pid}x${run}x`;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const worker = async (): Promise<void> => {
    const client = await HttpConnection.open(options.port);
    try {
      while (performance.now() < until && sent < events) {
        const number = (sent += 1);
        // Open loop: the latency counts from the due time, so that it includes stalls.
        const due = rate === undefined ? performance.now() : began + (number * 1_000) / rate;
        const early = due - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        const status = await client.send(request(options, key, `${prefix}${number}`, number));
        if (status === 200) times.push(performance.now() - due);
        else failed += 1;
      }
    } finally {
      client.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return loadResult(times, failed, (performance.now() - began) / 1_000);
}

/** Reuses most of each request, because the generator shares the cores with the server. */
function request(options: LoadOptions, key: KeyObject, id: string, number: number): Buffer {
  const version = Date.now();
  // The first delivery about each user creates it.
  const type = number <= USERS ? 'user.created' : 'user.updated';
  const body = bodyOf(type, `user_bench${number % USERS}`, version, options.bodyBytes);
  const timestamp = Math.floor(version / 1_000);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return Buffer.from(
    `POST ${options.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nsvix-id: ${id}\r\nsvix-timestamp: ${timestamp}\r\n` +
      `svix-signature: v1,${signature}\r\nUser-Agent: Svix-Webhooks/1\r\n\r\n${body}`,
    'latin1',
  );
}

/** An event about a user, in ASCII. */
function bodyOf(type: string, user: string, version: number, bytes: number): string {
  const head =
    `{"type":"${type}","object":"event","instance_id":"${loadInstance}","timestamp":${version},` +
    `"data":{"id":"${user}","object":"user",` +
    `"created_at":1790000000000,"updated_at":${version},"first_name":"Ada","filler":"`;
  return `${head}${filler.slice(0, Math.max(0, bytes - head.length - 3))}"}}`;
}
