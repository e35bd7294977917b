// npm run --silent openapi [-- FILE]: prints the OpenAPI document of the gateway, or writes it to a file.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('apps/api-gateway/src/print-document.js'));
