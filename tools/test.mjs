// npm test: every test against real servers, from a fresh clone on. Arguments go to Jest.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  bootstrap,
  main,
  root,
  runInPlace,
  stateDirectory,
  workspaceEnvironment,
  workspaceNode,
} from './bootstrap.mjs';

const limitMs = 20 * 60_000;

await main(async () => {
  await bootstrap();
  const report = process.env.GATEHOUSE_TEST_REPORT || join(stateDirectory, 'test-report.json');
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const env = {
    ...workspaceEnvironment(),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${options.join(' ')}`.trim(),
  };
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = [jest, '--json', `--outputFile=${report}`, ...process.argv.slice(2)];
  const code = await runInPlace(workspaceNode(), args, { env, limitMs });
  if (code === 124) console.error(`The tests were stopped: they took longer than ${limitMs / 60_000} minutes.`);
  return code;
});
