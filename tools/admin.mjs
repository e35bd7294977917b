// npm run admin -- <e-mail>: makes a user of the running npm start an admin, now or when the user is first recorded.
import { join } from 'node:path';
import { BootstrapError, main, readState, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(() => {
  const userSync = readState('running.json')?.userSync;
  if (!userSync) throw new BootstrapError('Gatehouse is not running: run npm start first.');
  const command = join(root, 'dist/apps/user-sync/src/make-admin.js');
  // Only the service's own database and Clerk, not what is set in this terminal.
  return runInPlace(workspaceNode(), [command, ...process.argv.slice(2)], {
    env: { PATH: process.env.PATH, ...userSync },
  });
});
