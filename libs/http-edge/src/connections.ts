import { type Socket } from 'node:net';
import { type Exchange } from './exchange';
import { Tally } from './tally';

/** Open connections of an edge, each with its open exchanges, oldest first. */
export class Connections {
  private readonly open = new Map<Socket, Set<Exchange>>();
  private readonly byAddress = new Tally();
  private readonly upgraded = new WeakSet<Socket>();
  private readonly waiting = new Set<() => void>();

  /** Number of open connections. */
  get size(): number {
    return this.open.size;
  }

  /** Number of open connections that were added with an address. */
  sizeOf(address: string): number {
    return this.byAddress.of(address);
  }

  /** Adds a connection until it closes. Then `end` gets the exchanges that are still open. */
  add(socket: Socket, address: string | undefined, end: (exchange: Exchange) => void): void {
    const exchanges = new Set<Exchange>();
    this.open.set(socket, exchanges);
    if (address !== undefined) this.byAddress.add(address, 1);
    socket.once('close', () => {
      this.open.delete(socket);
      if (address !== undefined) this.byAddress.add(address, -1);
      // Node closes only the response that it is writing, and not the responses that wait behind it.
      for (const exchange of [...exchanges]) end(exchange);
      if (this.open.size === 0) for (const done of this.waiting) done();
    });
  }

  /** Open exchanges of a connection; none when it has closed. */
  exchangesOf(socket: Socket): Set<Exchange> {
    return this.open.get(socket) ?? new Set();
  }

  /** Notes that a connection is no longer one of HTTP. */
  noteUpgrade(socket: Socket): void {
    this.upgraded.add(socket);
  }

  /** Every open exchange. */
  *exchanges(): Generator<Exchange> {
    for (const exchanges of this.open.values()) yield* exchanges;
  }

  /**
   * Destroys every connection without an exchange, also one whose first request has not arrived or is not complete. Node
   * regards such a connection as busy.
   */
  destroyIdle(): void {
    for (const socket of this.open.keys()) this.destroyIfIdle(socket);
  }

  /** Destroys a connection unless it has an exchange: a response is one until its last byte was sent. */
  destroyIfIdle(socket: Socket): void {
    if (this.open.get(socket)?.size === 0 && !this.upgraded.has(socket)) socket.destroy();
  }

  /** Destroys every connection. */
  destroy(): void {
    for (const socket of this.open.keys()) socket.destroy();
  }

  /** Resolves when no connection is open, or after `limitMs`. */
  async ended(limitMs: number): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.waiting.add(done);
    });
  }
}
