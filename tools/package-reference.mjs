// npm run packages:reference: writes docs/reference/*-types.md from the types of the packages that others install.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/package-reference/main.js'));
