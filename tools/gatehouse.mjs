// npm run -s gatehouse -- COMMAND: operates a Gatehouse. Without a gateway named by the environment or an option, that of
// the running npm start, as the admin of its emulator.
import { join } from 'node:path';
import { bootstrap, main, readState, root, runInPlace, workspaceEnvironment, workspaceNode } from './bootstrap.mjs';

/** The admin whom npm start creates at the emulator. */
const ADMIN = 'admin+clerk_test@example.com';

await main(async () => {
  await bootstrap({ quiet: true });
  const program = join(root, 'dist/apps/cli/src/main.js');
  const env = { ...workspaceEnvironment(), ...local() };
  return runInPlace(workspaceNode(), [program, ...process.argv.slice(2)], { env });
});

/** Settings for the running npm start, unless others are given. */
function local() {
  const { GATEHOUSE_URL, GATEHOUSE_PROFILE } = process.env;
  const chosen = process.argv.some((argument) => /^--(url|profile)(=|$)/.test(argument));
  const gateway = readState('running.json')?.urls?.gateway;
  if (GATEHOUSE_URL || GATEHOUSE_PROFILE || chosen || !gateway) return {};
  const token = `"${process.execPath}" "${join(root, 'tools/token.mjs')}" ${ADMIN}`;
  return { GATEHOUSE_URL: gateway, GATEHOUSE_TOKEN_COMMAND: token, GATEHOUSE_API_KEY: '', GATEHOUSE_TOKEN: '' };
}
