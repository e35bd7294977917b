import { type Socket, connect } from 'node:net';

/** What a load of GET requests came to. */
export interface GetResult {
  readonly ok: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How to load a route: `headerOf` gives the header lines of the n-th request, each ended by CRLF. */
export interface GetLoad {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Stops after so many, whatever the time. */
  readonly requests?: number;
  readonly headerOf: (number: number) => string;
}

/** Asks over kept-alive connections, one request at a time on each. */
export async function getLoad(load: GetLoad): Promise<GetResult> {
  const { requests = Number.MAX_SAFE_INTEGER } = load;
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  const began = performance.now();
  const until = began + load.seconds * 1_000;
  const worker = async (): Promise<void> => {
    const client = await Client.open(load.port);
    while (performance.now() < until && sent < requests) {
      const head = `GET ${load.path} HTTP/1.1\r\nHost: bench\r\n${load.headerOf(sent++)}\r\n`;
      const start = performance.now();
      if ((await client.ask(head)) === 200) times.push(performance.now() - start);
      else failed++;
    }
    client.close();
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  const seconds = (performance.now() - began) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { ok: times.length, failed, perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** The least that speaks HTTP: the generator shares the machine with what it measures. */
class Client {
  private received = '';
  private answer: ((status: number) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => this.answer?.(0));
  }

  static open(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Client(socket)));
      socket.once('error', reject);
    });
  }

  ask(head: string): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.answer = resolve;
      this.socket.write(head, 'latin1');
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
