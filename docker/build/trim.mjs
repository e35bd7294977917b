// node trim.mjs <folder>: deletes from node_modules what no program loads: types and other TypeScript,
// tests and source maps.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(process.argv[2], 'node_modules');
for (const name of readdirSync(modules, { recursive: true })) {
  if (/\.([cm]?ts|tsx|map|tsbuildinfo|(test|spec)\.[cm]?js)$/.test(name)) rmSync(join(modules, name), { force: true });
}
