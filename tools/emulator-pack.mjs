// npm run emulator:pack: makes a tarball of the Clerk emulator that other projects can install.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ quiet: true });
  return runInPlace(workspaceNode(), [
    '--enable-source-maps',
    join(root, 'dist/tools/src/pack-emulator/main.js'),
    ...process.argv.slice(2),
  ]);
});
