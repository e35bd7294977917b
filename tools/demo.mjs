// npm run demo: runs a user's whole lifecycle against a running npm start and checks each step; exits with 1 on a failure.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/demo/main.js'));
