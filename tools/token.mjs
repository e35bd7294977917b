// npm run token -- <e-mail or user id>: prints a session token of the running emulator, valid for 60 s. The emulator is
// that of npm start, or the one in CLERK_API_URL, with CLERK_SECRET_KEY. The same as gatehouse token.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, bootstrap, main, readState, root, runInPlace, workspaceNode } from './bootstrap.mjs';

await main(async () => {
  const program = join(root, 'dist/apps/cli/src/main.js');
  const env = { PATH: process.env.PATH, ...emulator() };
  // Beside containers nothing may be built yet.
  if (!existsSync(program)) await bootstrap({ quiet: true });
  return runInPlace(workspaceNode(), [program, 'token', ...process.argv.slice(2)], { env });
});

function emulator() {
  const { CLERK_API_URL, CLERK_SECRET_KEY } = process.env;
  if (CLERK_API_URL && CLERK_SECRET_KEY) return { CLERK_API_URL, CLERK_SECRET_KEY };
  const urls = readState('running.json')?.urls;
  if (!urls) throw new BootstrapError('Gatehouse is not running: run npm start first.');
  if (!urls.emulator) throw new BootstrapError('npm start uses your own Clerk, which issues tokens only at sign-in.');
  return { CLERK_API_URL: urls.emulator, CLERK_SECRET_KEY: readState('settings.json')?.clerkSecretKey };
}
