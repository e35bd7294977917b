import { type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import { Arrival } from './arrival';
import { writeProblem } from './problem';
import { type Rejection } from './rejection';
import { type TrustedProxies } from './trusted-proxies';

/**
 * A request that wants to become a WebSocket. The handler owns `socket`, and sets its timeouts; `head` are the bytes
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
  }
}
