import { nodeVersionProblem } from './node-version';

// Entry points import this module before all others, because those may fail to load on an older Node.
const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
