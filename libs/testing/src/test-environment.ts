import { BadVariableError } from '@gatehouse/local-stack';
import { TestServersMissingError } from './errors';

/** The variables by which global-setup.ts tells the test files where the servers are. */
export const testVariables = {
  /** Superuser's URL. */
  postgres: 'GATEHOUSE_TEST_PG_URL',
  /** nats-server, without credentials unless it is somebody else's. */
  nats: 'GATEHOUSE_TEST_NATS_URL',
  /** The password of the accounts `test1`, `test2`, …; unset for somebody else's server. */
  natsPassword: 'GATEHOUSE_TEST_NATS_PASSWORD',
  /** The program for tests that need a nats-server of their own; unset with containers. */
  natsProgram: 'GATEHOUSE_TEST_NATS_BIN',
  /** Marks what belongs to this run. */
  run: 'GATEHOUSE_TEST_RUN',
} as const;

/**
 * What TEST_INFRA asks for.
 * @throws BadVariableError
 */
export function testServers(): 'local' | 'testcontainers' {
  const asked = process.env.TEST_INFRA || 'local';
  if (asked === 'local' || asked === 'testcontainers') return asked;
  throw new BadVariableError('TEST_INFRA has to be "testcontainers", or "local" as it is when unset.');
}

/** One account each for this many Jest workers. */
export const natsAccounts = 32;

/**
 * The value of one of these variables.
 * @throws TestServersMissingError outside a Jest run with our global setup
 */
export function testVariable(name: keyof typeof testVariables): string {
  const value = process.env[testVariables[name]];
  if (!value) throw new TestServersMissingError(testVariables[name]);
  return value;
}
