// npm start: everything of Gatehouse on this machine, from a fresh clone on.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap();
  return runInPlace(workspaceNode(), ['--enable-source-maps', join(root, 'dist/tools/src/start/main.js')]);
});
