// npm run new:service -- <name>: generates a service with one example use case, and its row in the table of services.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/new-service/main.js'));
