// npm run client:types: generates the types of @gatehouse/client from the OpenAPI document of the gateway.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/client-types/main.js'));
