import { dropTemplates } from '../databases/test-database';
import { testVariables } from '../test-environment';

/**
 * Stops the servers that global-setup.ts started. On a server that the run did not start, drops the databases of this
 * run.
 */
export default async function globalTeardown(): Promise<void> {
  const infrastructure = globalThis.gatehouseTestInfrastructure;
  const { [testVariables.postgres]: url, [testVariables.run]: run } = process.env;
  if (url && run && !infrastructure?.variables[testVariables.postgres]) await dropTemplates(url, run);
  await infrastructure?.stop();
  globalThis.gatehouseTestInfrastructure = undefined;
}
