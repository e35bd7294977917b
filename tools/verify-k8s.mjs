// npm run verify:k8s: renders the overlays of k8s/ and checks every object against its schema and our own rules.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/verify-k8s/main.js'));
