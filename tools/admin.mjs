// npm run admin -- <e-mail>: makes a user of the running npm start an admin, now or when the user is first recorded. The
// same as gatehouse admin create; --list and --cancel <e-mail> are gatehouse admin promises and cancel.
import { join } from 'node:path';
import { BootstrapError, main, readState, root, runInPlace, workspaceNode } from './bootstrap.mjs';

const VERBS = { '--list': 'promises', '--cancel': 'cancel' };

await main(() => {
  const userSync = readState('running.json')?.userSync;
  if (!userSync) throw new BootstrapError('Gatehouse is not running: run npm start first.');
  const given = process.argv.slice(2);
  const verb = VERBS[given[0]];
  const args = ['admin', ...(verb ? [verb, ...given.slice(1)] : ['create', ...given])];
  // Only the service's own database and Clerk, not what is set in this terminal.
  return runInPlace(workspaceNode(), [join(root, 'dist/apps/cli/src/main.js'), ...args], {
    env: { PATH: process.env.PATH, ...userSync },
  });
});
