// npm run test:unit: runs the specs beside their sources, without servers. Nx skips projects that have not changed.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceEnvironment, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ builds: false });
  const env = { ...workspaceEnvironment(), NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };
  const args = [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'unit', '--parallel=2'];
  return runInPlace(workspaceNode(), [...args, ...process.argv.slice(2)], { env });
});
