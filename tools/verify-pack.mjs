// npm run verify:pack: makes a tarball of @gatehouse/verify that other projects can install.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/pack-verify/main.js'));
