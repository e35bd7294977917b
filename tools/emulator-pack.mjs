// npm run emulator:pack: makes a tarball of the Clerk emulator that other projects can install.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/pack-emulator/main.js'));
