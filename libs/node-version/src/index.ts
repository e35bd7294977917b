import { nodeVersionProblem } from './node-version';

// Entry points import this first, because modules that load later may need a newer Node.
const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
