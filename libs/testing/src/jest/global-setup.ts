import { randomBytes } from 'node:crypto';
import { isLocalServerError } from '@gatehouse/local-stack';
import { startContainerInfrastructure } from './container-infrastructure';
import { startLocalInfrastructure, type TestInfrastructure } from './local-infrastructure';
import { testServers, testVariables } from '../test-environment';

declare global {
  var gatehouseTestInfrastructure: TestInfrastructure | undefined;
}

/**
 * Runs once before all projects: starts the servers. Jest workers inherit the servers' addresses as environment
 * variables.
 */
export default async function globalSetup(): Promise<void> {
  const { env } = process;
  env[testVariables.run] = randomBytes(4).toString('hex');
  try {
    const needed = { postgres: !env[testVariables.postgres], nats: !env[testVariables.nats] };
    const start = testServers() === 'testcontainers' ? startContainerInfrastructure : startLocalInfrastructure;
    const infrastructure = await start(needed);
    globalThis.gatehouseTestInfrastructure = infrastructure;
    Object.assign(env, infrastructure.variables);
  } catch (error) {
    // Removes the stack trace, which does not help with these errors.
    if (isLocalServerError(error)) error.stack = error.message;
    throw error;
  }
}
