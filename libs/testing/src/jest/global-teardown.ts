import { dropTemplates } from '../databases/test-database';
import { testVariables } from '../test-environment';

/** Ends what global-setup.ts started; on a server that is not ours, removes what this run left there. */
export default async function globalTeardown(): Promise<void> {
  const infrastructure = globalThis.gatehouseTestInfrastructure;
  const { [testVariables.postgres]: url, [testVariables.run]: run } = process.env;
  if (url && run && !infrastructure?.variables[testVariables.postgres]) await dropTemplates(url, run);
  await infrastructure?.stop();
  globalThis.gatehouseTestInfrastructure = undefined;
}
