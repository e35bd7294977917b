import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A way to a server on which everything takes its time, and which can be cut. */
export class SlowProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** `latencyMs`: for each direction. */
  static async start(target: URL, latencyMs: number): Promise<SlowProxy> {
    const server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        proxy.sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => proxy.sockets.delete(from));
        // Timers of one delay fire in the order in which they were set.
        from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), latencyMs));
        from.on('end', () => setTimeout(() => to.end(), latencyMs));
      }
    });
    const proxy = new SlowProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same URL, by way of this proxy. */
  leadTo(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return changed.href;
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }
}
