import { type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import { Arrival } from './arrival';
import { writeProblem } from './problem';
import { type Rejection } from './rejection';
import { type TrustedProxies } from './trusted-proxies';

/** Time in which a client must close its connection after the response has ended. */
const LINGER_MS = 1_000;

/**
 * A request that wants to become a WebSocket, or a tunnel (`CONNECT`), which is rejected. The handler owns `socket`, and sets its timeouts; `head` are the bytes
 * that arrived after the request. The log line is written when the connection ends.
 */
export class Upgrade extends Arrival {
  /** Status of the response, for the log. */
  status = 101;

  constructor(
    request: IncomingMessage,
    readonly socket: Duplex,
    readonly head: Buffer,
    proxies: TrustedProxies,
  ) {
    super(request, proxies);
  }

  /** Rejects the request with a problem, and closes the connection. */
  reject(rejection: Rejection): void {
    this.status = rejection.status;
    this.logged ??= { reason: rejection.reason ?? rejection.code };
    writeProblem(this.socket, rejection, this.id);
    this.closeSoon();
  }

  /** Ends the response, and closes the connection. */
  end(lastBytes: string | Buffer = ''): void {
    this.socket.end(lastBytes);
    this.closeSoon();
  }

  /** Reads on for a moment, because a client that is disconnected at once may not read the response. */
  private closeSoon(): void {
    const { socket } = this;
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  }
}
