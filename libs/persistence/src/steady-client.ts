import { Client, type ClientConfig } from 'pg';

/**
 * A client whose connection may be lost at any time without ending the process. The pool handles errors of idle
 * clients, and TypeORM those of clients in use. Neither listens at the moment when a new connection becomes ready, and
 * Node ends the process on an `error` event without a listener. So this client always has a listener, which ignores the
 * error. The next query reports the loss.
 */
export class SteadyClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
