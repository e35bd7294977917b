// npm run emulator:conformance: compares every shape that the Clerk emulator sends with recorded payloads of Clerk, key
// by key, and with the schemas of Clerk's Frontend API, and prints the tables; exits with 1 on a difference.
import { join } from 'node:path';
import { main, root, runBuilt } from './bootstrap.mjs';

const fixtures = join(root, 'apps/clerk-emulator/fixtures');
const compared = [join(fixtures, 'clerk'), join(fixtures, 'clerk-frontend-api/schemas.json')];
await main(() => runBuilt('apps/clerk-emulator/src/check-conformance/main.js', compared));
