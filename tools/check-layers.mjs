// Part of npm run lint: checks the rules of .dependency-cruiser.cjs, that no files form a cycle, and that no folders form
// one at any depth. Specs are checked for cycles of files alone.
// The first argument names another checkout.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

const tsConfig = join(root, 'tsconfig.base.json');
const SPEC = /\.spec\.ts$|\/integration\//;
const folders = ['apps', 'libs', 'tools/src', 'tools/integration', 'bench/src', 'e2e'].filter((folder) =>
  existsSync(join(root, folder)),
);
const { output } = await cruise(
  folders,
  { ...options, baseDir: root, ruleSet: { forbidden }, validate: true },
  { tsConfig },
  { tsConfig: extractTSConfig(tsConfig) },
);
const faults = [...brokenRules(output.summary), ...fileCycle(output.modules), ...folderCycles(output.modules)];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

function brokenRules({ violations }) {
  return violations
    .filter(({ from }) => !SPEC.test(from))
    .map(({ from, to, rule }) => `${from} imports ${to}. ${forbidden.find(({ name }) => name === rule.name).comment}`);
}

/** A sentence when files import each other in a circle, types aside. */
function fileCycle(modules) {
  const imports = new Map(
    modules.map(({ source, dependencies }) => [
      source,
      dependencies.flatMap(({ resolved, dependencyTypes: types }) => (types.includes('type-only') ? [] : [resolved])),
    ]),
  );
  const [path, finished] = [[], new Set()];
  /** The cycle to which `file` leads; undefined when there is none. */
  const visit = (file) => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    path.push(file);
    for (const next of imports.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return [`Files form a cycle: ${cycle.join(' imports ')}.`];
  }
  return [];
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
    if (SPEC.test(source)) continue;
    for (const { resolved } of dependencies) {
      if (SPEC.test(resolved)) continue;
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
