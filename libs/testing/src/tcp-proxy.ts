import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';
import { freePort } from '@gatehouse/local-stack';

/**
 * A TCP proxy in front of a server. It can delay, break and refuse connections, or stop forwarding as in a network
 * partition.
 */
export class TcpProxy {
  private readonly server = createServer((client) => this.accept(client));
  private readonly sockets = new Set<Socket>();
  private stalled = false;
  /** Return what to forward in place of what arrived. */
  alter: { toServer?: (sent: Buffer) => Buffer; toClient?: (sent: Buffer) => Buffer } = {};

  private constructor(
    private target: URL,
    private readonly port: number,
    private readonly latencyMs: number,
  ) {}

  /** Starts a proxy to `target`, a URL. @param latencyMs delay in each direction, in milliseconds */
  static async start(target: string, latencyMs = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target), await freePort(), latencyMs);
    await proxy.reopen();
    return proxy;
  }

  /** The URL `target`, with the address of this proxy in place of the target's. */
  get url(): string {
    return this.urlThrough(this.target.href);
  }

  /**
   * Returns `url` with the address of this proxy. `url` must name the same server as `target`, but may have another
   * user, password or database.
   */
  urlThrough(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${this.port}`;
    return changed.href;
  }

  /** Forwards new connections to another server, like a virtual address, and breaks those to the earlier one. */
  leadTo(target: string): void {
    this.target = new URL(target);
    this.break();
  }

  /** Stops forwarding without closing connections. */
  stall(): void {
    this.stalled = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Forwards again, beginning with what arrived during the stall. */
  resume(): void {
    this.stalled = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Breaks all connections, and continues to accept new ones. */
  break(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Breaks all connections and refuses new ones. */
  async cut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.break();
    await closed;
  }

  /** Accepts connections again, on the same port. */
  async reopen(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  private accept(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.carry(client, upstream, (chunk) => this.alter.toServer?.(chunk) ?? chunk);
    this.carry(upstream, client, (chunk) => this.alter.toClient?.(chunk) ?? chunk);
  }

  private carry(from: Socket, to: Socket, altered: (chunk: Buffer) => Buffer): void {
    this.sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('data', (chunk: Buffer) =>
      this.later(() => {
        if (to.write(altered(chunk))) return;
        from.pause();
        to.once('drain', () => {
          if (!this.stalled) from.resume();
        });
      }),
    );
    from.on('end', () => this.later(() => to.end()));
    from.on('close', () => {
      this.sockets.delete(from);
      this.later(() => to.destroySoon());
    });
    if (this.stalled) from.pause();
  }

  /**
   * Runs `work` after the latency. Calls run in order, because timers with the same delay fire in the order in which
   * they were set.
   */
  private later(work: () => void): void {
    if (this.latencyMs === 0) work();
    else setTimeout(work, this.latencyMs);
  }
}
