import { type DataSource } from 'typeorm';
import { type StreamRelay } from './stream-relay';

/** Wakes the relay after each transaction of this process. Statements outside a transaction wait for its poll. */
export function wakeAfterCommit(dataSource: DataSource, relay: StreamRelay): void {
  dataSource.subscribers.push({ afterTransactionCommit: () => relay.wake() });
}
