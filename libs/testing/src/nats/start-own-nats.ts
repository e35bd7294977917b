import { testServers } from '../test-environment';
import { type NatsUser } from '@gatehouse/local-stack';
import { type OwnNats } from './own-nats';
import { startOwnNatsContainer } from './own-nats-container';
import { startOwnNatsProcess } from './own-nats-process';

/**
 * Starts a nats-server for one test file, to test outages, lost streams and permissions: a local process, or a container
 * in a run with containers. `place` is the folder for the store of a process.
 */
export async function startOwnNats(options: { users?: readonly NatsUser[]; place?: string } = {}): Promise<OwnNats> {
  const users = options.users ?? [{ user: 'test', password: 'test' }];
  return testServers() === 'testcontainers' ? startOwnNatsContainer(users) : startOwnNatsProcess(users, options.place);
}
