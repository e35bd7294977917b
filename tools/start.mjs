// npm start: runs Gatehouse on this machine, also on a fresh clone.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/start/main.js', [], {}));
