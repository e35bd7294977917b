import { testVariable } from '../test-environment';

/** Label of every container of this Jest run. */
export function runLabel(): { name: string; value: string } {
  return { name: 'gatehouse.test-run', value: testVariable('run') };
}
