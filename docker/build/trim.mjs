// node trim.mjs <folder>: deletes from node_modules what no program loads: type declarations and source maps.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(process.argv[2], 'node_modules');
for (const name of readdirSync(modules, { recursive: true })) {
  if (/\.(d\.[cm]?ts|map|tsbuildinfo)$/.test(name)) rmSync(join(modules, name), { force: true });
}
