import { natsAccounts } from '@gatehouse/contracts';
import { testServers } from '../test-environment';
import { OPERATOR, type OwnNats, type OwnNatsOptions } from './own-nats';
import { startOwnNatsContainer } from './own-nats-container';
import { startOwnNatsProcess } from './own-nats-process';

/**
 * Starts a nats-server for one test file, with the accounts of production: a local process, or a container in a run with
 * containers. The password of each user is its name.
 */
export async function startOwnNats(options: OwnNatsOptions = {}): Promise<OwnNats> {
  const operator = { user: OPERATOR, password: OPERATOR };
  const accounts = options.accounts ?? natsAccounts((identity) => identity, [operator]);
  return testServers() === 'testcontainers'
    ? startOwnNatsContainer({ ...options, accounts })
    : startOwnNatsProcess({ ...options, accounts });
}
