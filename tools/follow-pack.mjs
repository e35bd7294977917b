// npm run follow:pack: makes a tarball of @gatehouse/follow that other projects can install.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/pack-follow/main.js'));
