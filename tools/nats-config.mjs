// npm run --silent nats:config: prints the accounts of nats-server, for a server of your own.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('apps/stream-keeper/src/nats-config.js'));
