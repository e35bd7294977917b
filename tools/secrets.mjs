// npm run --silent secrets -- <directory>: generates the secrets of a deployment, one file for each.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/make-secrets/main.js'));
