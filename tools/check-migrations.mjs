// npm run check:migrations: migrates an empty database with each app's migrations and lets the app compare the result
// with its entities.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap();
  return runInPlace(workspaceNode(), ['--enable-source-maps', join(root, 'dist/tools/src/check-migrations/main.js')]);
});
