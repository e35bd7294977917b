// npm run demo: the main job told step by step against a running npm start; exits 0 only if all is as it should be.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ quiet: true });
  return runInPlace(workspaceNode(), ['--enable-source-maps', join(root, 'dist/tools/src/demo/main.js')]);
});
