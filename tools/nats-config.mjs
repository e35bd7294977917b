// npm run --silent nats:config: prints the accounts of nats-server, for a server of your own. The same as gatehouse nats
// config.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('apps/cli/src/main.js', ['nats', 'config', ...process.argv.slice(2)]));
