// Part of npm run lint: checks the rules of .dependency-cruiser.cjs, and that no folders form a cycle at any depth.
// The first argument names another checkout.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

const tsConfig = join(root, 'tsconfig.base.json');
const folders = ['apps', 'libs', 'tools/src', 'bench/src', 'e2e'].filter((folder) => existsSync(join(root, folder)));
const { output } = await cruise(
  folders,
  { ...options, baseDir: root, ruleSet: { forbidden }, validate: true },
  { tsConfig },
  { tsConfig: extractTSConfig(tsConfig) },
);
const faults = [...brokenRules(output.summary), ...folderCycles(output.modules)];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

function brokenRules({ violations }) {
  return violations.map(
    ({ from, to, rule }) => `${from} imports ${to}. ${forbidden.find(({ name }) => name === rule.name).comment}`,
  );
}

/** One sentence for each folder of which some subfolders form a cycle. */
function folderCycles(modules) {
  return [...importsBetweenFolders(modules)].flatMap(([parent, graph]) => {
    const cycle = findCycle(graph);
    if (cycle === undefined) return [];
    const imports = cycle.map((folder, index) => `  ${graph.get(folder).get(cycle[index + 1] ?? cycle[0])}`);
    return [`The folders ${cycle.join(', ')} of ${parent || '.'} form a cycle:`, ...imports];
  });
}

/** For each folder, which of its subfolders imports which other, and one import that shows it. */
function importsBetweenFolders(modules) {
  const graphs = new Map();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [source.split('/'), resolved.split('/')];
      const depth = from.findIndex((part, index) => part !== to[index]);
      // A file that is in the common folder itself belongs to no subfolder.
      if (depth < 0 || depth >= from.length - 1 || depth >= to.length - 1) continue;
      const graph = entry(graphs, from.slice(0, depth).join('/'));
      entry(graph, from[depth]).set(to[depth], `${source} imports ${resolved}`);
    }
  }
  return graphs;
}

/** The shortest cycle of a graph; undefined when it has none. */
function findCycle(graph) {
  const paths = [...graph.keys()].map((folder) => [folder]);
  const seen = new Set();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1))?.keys() ?? []) {
      if (next === path[0]) return path;
      const key = `${path[0]} ${next}`;
      if (seen.has(key)) continue;
      seen.add(key);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

function entry(map, key) {
  if (!map.has(key)) map.set(key, new Map());
  return map.get(key);
}
