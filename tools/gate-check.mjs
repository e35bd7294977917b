// npm run --silent gate:check -- FILE [METHOD URL]: checks a policy file of the gate and prints what it opens, to whom.
import { resolve } from 'node:path';
import { main, runBuilt } from './bootstrap.mjs';

await main(() => {
  const [first, ...rest] = process.argv.slice(2);
  const isFile = first !== undefined && !first.startsWith('-');
  // npm runs this program in the checkout, and sets INIT_CWD to the folder in which npm was called.
  const args = isFile ? [resolve(process.env.INIT_CWD ?? '.', first), ...rest] : process.argv.slice(2);
  return runBuilt('apps/api-gateway/src/gate-check.js', args);
});
