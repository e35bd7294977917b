import { randomBytes } from 'node:crypto';
import { LocalServerError } from '@gatehouse/local-stack';
import { startContainerInfrastructure } from './container-infrastructure';
import { startLocalInfrastructure, type TestInfrastructure } from './local-infrastructure';
import { testServers, testVariables } from '../test-environment';

declare global {
  var gatehouseTestInfrastructure: TestInfrastructure | undefined;
}

/** Jest runs this once, before all projects: real servers, whose whereabouts every worker inherits as environment. */
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
    // A sentence for a person; Jest would add a stack trace that tells nothing.
    if (error instanceof LocalServerError) error.stack = error.message;
    throw error;
  }
}
