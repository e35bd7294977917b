import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A way to a server that can fall silent: nothing goes through, and nothing is closed, as in a partitioned network. */
export class StallingProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private stalled = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<StallingProxy> {
    const server = createServer((client) => proxy.accept(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new StallingProxy(server, new URL(target));
    return proxy;
  }

  /** The target's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  stall(): void {
    this.stalled = true;
    for (const [from, to] of this.pairs) from.unpipe(to).pause();
  }

  resume(): void {
    this.stalled = false;
    for (const [from, to] of this.pairs) from.pipe(to);
  }

  stop(): void {
    for (const [from] of this.pairs) from.destroy();
    this.server.close();
  }

  private accept(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    for (const pair of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      const [from, to] = pair;
      this.pairs.add(pair);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.pairs.delete(pair);
        to.destroy();
      });
      if (!this.stalled) from.pipe(to);
    }
  }
}
