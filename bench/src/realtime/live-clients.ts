import { type Socket, connect } from 'node:net';

/** Where streams are opened, and the head of the request of each user. */
export interface StreamsOf {
  readonly port: number;
  readonly requestOf: (user: number) => string;
}

/** Openings at the same time. */
const AT_ONCE = 100;
/** Loopback addresses of the clients: each has its own ephemeral ports. */
const ADDRESSES = 8;
const OPEN_LIMIT_MS = 60_000;
const MAX_TEXT = 1_048_576;

/** An open stream. */
interface Stream {
  readonly user: number;
  readonly socket: Socket;
  text: string;
  /** The newest version of its user's item that has arrived. */
  version: number;
  isPaused: boolean;
  isEnded: boolean;
}

/** Many clients of one server of server-sent events, without an HTTP client, whose memory would exceed the server's. */
export class LiveClients {
  private readonly streams: Stream[] = [];
  private latencies: number[] = [];

  private constructor(private readonly of: StreamsOf) {}

  /** Opens streams, `each` of each user. */
  static async open(of: StreamsOf, users: number, each: number): Promise<LiveClients> {
    const clients = new LiveClients(of);
    const orders = Array.from({ length: users * each }, (_, index) => index % users).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const user of orders) await clients.add(user);
      }),
    );
    return clients;
  }

  /** Streams that have ended. */
  get ended(): number {
    return this.streams.filter(({ isEnded }) => isEnded).length;
  }

  /** Streams that are read, and to which the newest version of their user's item has not come. */
  behind(newest: ReadonlyMap<number, number>): number {
    return this.streams.filter(({ user, isPaused, version }) => !isPaused && version < (newest.get(user) ?? 0)).length;
  }

  /** Takes the times from change to arrival since the last call, sorted; milliseconds. Paused streams have none. */
  takeLatencies(): number[] {
    const taken = this.latencies.sort((a, b) => a - b);
    this.latencies = [];
    return taken;
  }

  /** The streams of these users are not read any more. */
  pause(isMeant: (user: number) => boolean): void {
    for (const stream of this.streams) {
      if (!isMeant(stream.user)) continue;
      stream.isPaused = true;
      stream.socket.pause();
    }
  }

  close(): void {
    for (const { socket } of this.streams) socket.destroy();
  }

  /** Opens one stream, and resolves when its first event has arrived. */
  private async add(user: number): Promise<void> {
    const { port, requestOf } = this.of;
    const localAddress = `127.0.0.${2 + (this.streams.length % ADDRESSES)}`;
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    const stream: Stream = { user, socket, text: '', version: 0, isPaused: false, isEnded: false };
    this.streams.push(stream);
    socket.setEncoding('latin1').write(requestOf(user));
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new RangeError('a stream did not begin in time')), OPEN_LIMIT_MS);
      const end = (): void => {
        stream.isEnded = true;
        reject(new RangeError(`a stream was not opened: ${stream.text.slice(0, 200)}`));
      };
      socket.once('error', end).once('close', end);
      socket.on('data', (part: string) => {
        if (part.includes('event: reset')) {
          clearTimeout(timer);
          resolve();
        }
        this.read(stream, part);
      });
    });
  }

  private read(stream: Stream, part: string): void {
    const now = Date.now();
    stream.text = (stream.text + part).slice(-MAX_TEXT);
    for (let end = stream.text.indexOf('\n\n'); end >= 0; end = stream.text.indexOf('\n\n')) {
      const block = stream.text.slice(0, end);
      stream.text = stream.text.slice(end + 2);
      if (!/^event: item$/m.test(block)) continue;
      stream.version = Math.max(stream.version, Number(/"version":(\d+)/.exec(block)?.[1]));
      const changedAt = /"updatedAt":"([^"]+)"/.exec(block)?.[1];
      if (changedAt !== undefined && !stream.isPaused) this.latencies.push(now - Date.parse(changedAt));
    }
  }
}
