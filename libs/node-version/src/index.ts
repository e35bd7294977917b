import { nodeVersionProblem } from './node-version';

// Entry points import this before anything else: modules that are loaded afterwards may need a newer Node.
const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

export { nodeVersionProblem };
