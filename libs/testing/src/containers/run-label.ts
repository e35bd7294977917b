import { testVariable } from '../test-environment';

/** What every container of ours carries: the Jest run that it belongs to. */
export function runLabel(): { name: string; value: string } {
  return { name: 'gatehouse.test-run', value: testVariable('run') };
}
