// npm run new:service -- <name>: makes a service with one example use case, and its entry in the table of services.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ quiet: true });
  const program = join(root, 'dist/tools/src/new-service/main.js');
  return runInPlace(workspaceNode(), ['--enable-source-maps', program, ...process.argv.slice(2)]);
});
