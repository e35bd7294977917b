import { Client, type ClientConfig } from 'pg';

/**
 * A connection that may be lost at any moment. The pool listens for its loss while it is idle, TypeORM while it is used;
 * one that PostgreSQL ends in the packet that says that it is ready is lost in between, and an error that nobody listens
 * for ends the process. Whoever uses it is told by the next query.
 */
export class SteadyClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
