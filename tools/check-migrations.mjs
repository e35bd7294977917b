// npm run check:migrations: migrates an empty database for each service, and compares the tables with the entities.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/check-migrations/main.js', [], {}));
