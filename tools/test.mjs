// npm test: runs the tests against real servers, also on a fresh clone. `--suite=NAME` runs another suite: unit, browser,
// examples, load or upgrade. Jest gets the other arguments.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  BootstrapError,
  bootstrap,
  main,
  makeDirectory,
  root,
  runInPlace,
  workspaceEnvironment,
  workspaceNode,
} from './bootstrap.mjs';

await main(async () => {
  const limitMs = readLimit();
  const { suite, asked } = readArguments(process.argv.slice(2));
  // Unit tests need no build, and Nx runs those of several projects at once.
  if (suite !== 'unit') await bootstrap();
  // Each run has its own report, because a report means that the run has finished its tests.
  const kept = process.env.GATEHOUSE_TEST_REPORT;
  const report = kept || join(mkdtempSync(join(tmpdir(), 'gatehouse-tests-')), 'report.json');
  makeDirectory(dirname(report));
  rmSync(report, { force: true });
  const env = {
    ...workspaceEnvironment(),
    GATEHOUSE_TEST_SUITE: suite,
  };
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = [jest, '--json', `--outputFile=${report}`, ...workers(suite, asked), ...asked];
  const hung = () => existsSync(report);
  const code = await runInPlace(workspaceNode(), args, { env, limitMs, lingersMs: 30_000, lingers: hung });
  if (code === 124) {
    console.error(
      hung()
        ? 'The tests have finished, but open handles kept the process from ending: it was stopped.'
        : `The tests were stopped: they took longer than ${limitMs / 60_000} minutes.`,
    );
  }
  if (!kept) rmSync(dirname(report), { recursive: true, force: true });
  return code;
});

/** Time until the tests are stopped, in milliseconds. @throws BootstrapError */
function readLimit() {
  const limitMs = Number(process.env.GATEHOUSE_TEST_LIMIT_MS || 60 * 60_000);
  if (Number.isInteger(limitMs) && limitMs > 0 && limitMs < 2 ** 31) return limitMs;
  throw new BootstrapError('GATEHOUSE_TEST_LIMIT_MS is not a number of milliseconds from 1 to 2147483647.');
}

/** The suite, which --suite or the name of a spec selects, and the arguments for Jest. */
function readArguments(all) {
  const asked = all.filter((argument) => !argument.startsWith('--suite='));
  const [named] = all.filter((argument) => argument.startsWith('--suite=')).map((argument) => argument.slice(8));
  const [ofSpec] = asked.flatMap(
    (argument) => /\.(browser|examples|load|upgrade)\.spec(\.ts)?$/.exec(argument)?.[1] ?? [],
  );
  const suite = named ?? ofSpec ?? '';
  if (['', 'unit', 'browser', 'examples', 'load', 'upgrade'].includes(suite)) return { suite, asked };
  throw new BootstrapError('--suite must be unit, browser, examples, load or upgrade.');
}

/**
 * At least two workers, because open handles of a test file end with its worker, and three without a suite and under load,
 * because many of those specs wait for servers half of their time. Not more than there are NATS accounts. One for unit
 * tests, because Nx already runs several projects at once.
 */
function workers(suite, asked) {
  if (suite === 'unit') return ['--runInBand'];
  if (asked.some((argument) => /^(-i|-w|--runInBand|--maxWorkers|--watch)/.test(argument))) return [];
  const fewest = suite === '' || suite === 'load' ? 3 : 2;
  return [`--maxWorkers=${Math.min(Math.max(fewest, availableParallelism() - 1), 16)}`];
}
