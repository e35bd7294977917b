import { createHmac } from 'node:crypto';
import { type Socket, connect } from 'node:net';

/** How to load a webhook endpoint. */
export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly connections: number;
  readonly seconds: number;
  /** Deliveries per second over all connections; as many as there can be when absent. */
  readonly rate?: number;
  /** Stops after so many, whatever the time. */
  readonly events?: number;
  readonly bodyBytes: number;
}

/** What a load came to; milliseconds. A delivery that was not answered by 200 is a failure. */
export interface LoadResult {
  readonly ok: number;
  readonly failed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const USERS = 1_000;
let run = 0;

/** Sends signed deliveries over kept-alive connections, one at a time on each. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds, rate, events = Number.MAX_SAFE_INTEGER } = options;
  const key = Buffer.from(options.secret.slice('whsec_'.length), 'base64');
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  run += 1;
  const prefix = `msg_bench${process.pid}x${run}x`;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const worker = async (): Promise<void> => {
    const client = await Connection.open(options.port);
    try {
      while (performance.now() < until && sent < events) {
        const number = (sent += 1);
        // Open loop: a delivery's time counts from when it was due, so that a stall is not hidden.
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
  const took = (performance.now() - began) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { ok: times.length, failed, seconds: took, perSecond: times.length / took, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function request({ path, bodyBytes }: LoadOptions, key: Buffer, id: string, number: number): Buffer {
  const user = `user_bench${number % USERS}`;
  const version = Date.now();
  const event = {
    type: 'user.updated',
    object: 'event',
    timestamp: version,
    data: {
      id: user,
      object: 'user',
      created_at: 1_790_000_000_000,
      updated_at: version,
      first_name: 'Ada',
      filler: '',
    },
  };
  event.data.filler = 'x'.repeat(Math.max(0, bodyBytes - JSON.stringify(event).length));
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const head =
    `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
    `svix-id: ${id}\r\nsvix-timestamp: ${timestamp}\r\nsvix-signature: v1,${signature}\r\nUser-Agent: Svix-Webhooks/1\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The least that speaks HTTP: the generator shares the machine with what it measures. */
class Connection {
  private received = '';
  private answer: ((status: number) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => this.answer?.(0));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  send(bytes: Buffer): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.answer = resolve;
      this.socket.write(bytes);
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
