// npm run admin -- <e-mail>: makes a user of the running npm start an admin, now or once the user is here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, main, root, runInPlace, stateDirectory, workspaceNode } from './bootstrap.mjs';

await main(() => {
  const userSync = running()?.userSync;
  if (!userSync) throw new BootstrapError('Nothing is running here: run npm start first.');
  const command = join(root, 'dist/apps/user-sync/src/make-admin.js');
  // The service's own database and Clerk, whatever is set in this terminal.
  return runInPlace(workspaceNode(), [command, ...process.argv.slice(2)], {
    env: { PATH: process.env.PATH, ...userSync },
  });
});

function running() {
  try {
    return JSON.parse(readFileSync(join(stateDirectory, 'running.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
