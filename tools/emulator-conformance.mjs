// npm run emulator:conformance: compares every shape that the Clerk emulator emits with the recorded payloads of Clerk,
// key by key, and prints the table; exits 1 on a difference.
import { join } from 'node:path';
import { bootstrap, main, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  await bootstrap({ quiet: true });
  return runInPlace(workspaceNode(), [
    '--enable-source-maps',
    join(root, 'dist/apps/clerk-emulator/src/check-conformance/main.js'),
    join(root, 'apps/clerk-emulator/fixtures/clerk'),
  ]);
});
