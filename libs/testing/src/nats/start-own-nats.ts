import { testServers } from '../test-environment';
import { type NatsUser } from '@gatehouse/local-stack';
import { type OwnNats } from './own-nats';
import { startOwnNatsContainer } from './own-nats-container';
import { startOwnNatsProcess } from './own-nats-process';

/**
 * Starts a nats-server for this test file alone: for outages, lost streams and permissions. It is a local process, or a
 * container where the run is in containers. `place`: the folder of a process's store.
 */
export async function startOwnNats(options: { users?: readonly NatsUser[]; place?: string } = {}): Promise<OwnNats> {
  const users = options.users ?? [{ user: 'test', password: 'test' }];
  return testServers() === 'testcontainers' ? startOwnNatsContainer(users) : startOwnNatsProcess(users, options.place);
}
