// npm run bench -- NAME [--quick] [--json FILE]: measures, and does not judge.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

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
  return runInPlace(workspaceNode(), [
    '--enable-source-maps',
    join(root, 'dist/bench/src/main.js'),
    ...process.argv.slice(2),
  ]);
});
