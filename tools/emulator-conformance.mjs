// npm run emulator:conformance: compares every shape that the Clerk emulator sends with recorded payloads of Clerk, key
// by key, and prints the table; exits with 1 on a difference.
import { join } from 'node:path';
import { main, root, runBuilt } from './bootstrap.mjs';

const payloads = join(root, 'apps/clerk-emulator/fixtures/clerk');
await main(() => runBuilt('apps/clerk-emulator/src/check-conformance/main.js', [payloads]));
