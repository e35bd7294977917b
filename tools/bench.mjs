// npm run bench -- NAME [--quick] [--json FILE]: runs a benchmark and prints its figures.
import { join } from 'node:path';
import { bootstrap, main, root, runBuilt, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ quiet: true });
  const built = await runInPlace(workspaceNode(), [
    join(root, 'node_modules/nx/dist/bin/nx.js'),
    'build',
    'bench',
    '--outputStyle=static',
    '--verbose=false',
  ]);
  if (built !== 0) return built;
  return runBuilt('bench/src/main.js');
});
