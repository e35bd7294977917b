import { type NatsConnection } from '@nats-io/nats-core';
import { ConnectionClosedError } from './errors';

/** The connection that a caller gave, or gives now. @throws ConnectionClosedError */
export function currentConnection(nats: NatsConnection | (() => NatsConnection)): NatsConnection {
  if (typeof nats === 'function') return nats();
  if (nats.isClosed()) throw new ConnectionClosedError();
  return nats;
}
