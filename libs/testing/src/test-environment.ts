import { BadVariableError } from '@gatehouse/local-stack';
import { TestServersMissingError } from './errors';

/** The variables with which global-setup.ts passes the servers to the test files. */
export const testVariables = {
  /** URL of the superuser. */
  postgres: 'GATEHOUSE_TEST_PG_URL',
  /** URL of nats-server; with credentials only for a server that the run did not start. */
  nats: 'GATEHOUSE_TEST_NATS_URL',
  /** Password of the users `test1`, `test2`, …; unset for a server that the run did not start. */
  natsPassword: 'GATEHOUSE_TEST_NATS_PASSWORD',
  /** Path of nats-server, for tests that start a server of their own. Unset when TEST_INFRA is `testcontainers`. */
  natsProgram: 'GATEHOUSE_TEST_NATS_BIN',
  /** Random id of this run, in the names of its databases and in the label of its containers. */
  run: 'GATEHOUSE_TEST_RUN',
} as const;

/**
 * The servers that TEST_INFRA selects: programs on this machine (`local`, the default) or containers.
 * @throws BadVariableError
 */
export function testServers(): 'local' | 'testcontainers' {
  const asked = process.env.TEST_INFRA || 'local';
  if (asked === 'local' || asked === 'testcontainers') return asked;
  throw new BadVariableError('TEST_INFRA must be "local" (default) or "testcontainers".');
}

/**
 * Number of NATS accounts: one for each Jest worker. Start no more workers than this: two would share an account and
 * delete each other's streams.
 */
export const natsAccountCount = 32;

/**
 * The value of one of the {@link testVariables}.
 * @throws TestServersMissingError outside a Jest run with our global setup
 */
export function testVariable(name: keyof typeof testVariables): string {
  const value = process.env[testVariables[name]];
  if (!value) throw new TestServersMissingError(testVariables[name]);
  return value;
}
