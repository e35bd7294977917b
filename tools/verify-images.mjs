// npm run verify:images: builds every image on a base of its own, starts docker/compose.yaml with them, and breaks it.
// Needs root and a Docker engine.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/verify-images/main.js', process.argv.slice(2), { quiet: false }));
