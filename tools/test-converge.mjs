// npm run test:converge -- --runs N --seed S: the property of convergence, over as many random histories as asked for.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const names = { '--runs': 'CONVERGE_RUNS', '--seed': 'CONVERGE_SEED' };
const env = { ...process.env, CONVERGE_RUNS: process.env.CONVERGE_RUNS ?? '2000' };
const asked = process.argv.slice(2).flatMap((argument) => argument.split('='));

for (let index = 0; index < asked.length; index += 2) {
  const name = names[asked[index]];
  const value = asked[index + 1];
  if (name === undefined || !/^-?\d+$/.test(value ?? '')) {
    console.error('Usage: npm run test:converge -- [--runs N] [--seed S], both whole numbers');
    process.exit(2);
  }
  env[name] = value;
}

// npm test has a seed of its own, so that its histories are the same at each run; here they are new ones.
env.CONVERGE_SEED ??= String(Math.floor(Math.random() * 2 ** 31));
// As long as the spec itself allows for its two properties, beside what npm test has for everything.
env.GATEHOUSE_TEST_LIMIT_MS ??= String(20 * 60_000 + Number(env.CONVERGE_RUNS) * 10_000);
console.log(`${env.CONVERGE_RUNS} random histories, seed ${env.CONVERGE_SEED}`);
const args = [join(root, 'tools/test.mjs'), '--selectProjects', 'user-sync', '--testPathPatterns', 'converge.spec'];
const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
process.exit(status ?? 1);
