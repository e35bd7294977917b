// node collect.mjs <workspace> <app> <folder>: collects what a service runs: its compiled programs with the files that they
// load, and package.json and lock file of exactly the packages that these load.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { workspaceVersions, writeLockedPackage } from './lock-file.mjs';

const [root, app, folder] = process.argv.slice(2);
const dist = resolve(root, 'dist');
const source = join(dist, 'apps', app, 'src');
const { files, packages } = loadedBy(programs());

for (const file of [...files, ...assets(source), ...(app === 'api-gateway' ? consoleFiles() : [])]) copy(file);
mkdirSync(folder, { recursive: true });
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
// The command of an image cannot contain the name of its service.
writeFileSync(join(folder, 'main.js'), `require('./apps/${app}/src/main.js');\n`);
writeLockedPackage(manifest(), root, folder);

/** The entry points of the service: the programs of its folder, except what other files of it import. */
function programs() {
  return readdirSync(source)
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(source, name));
}

/** Follows every `require` and `import()` of the compiled code. */
function loadedBy(entries) {
  const files = new Set();
  const packages = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of specifiers(file)) {
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageName(specifier));
    }
  };
  entries.forEach(visit);
  return { files, packages };
}

function specifiers(file) {
  const code = readFileSync(file, 'utf8');
  return [...code.matchAll(/\b(?:require|require\.resolve|import)\((["'])([^"'\n]+)\1\)/g)].map((match) => match[2]);
}

function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Files of the service that are read, not loaded, such as the page of the emulator. */
function assets(directory) {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile() && (/\/assets\//.test(path) || !/\.js(\.map)?$/.test(path)));
}

/** The pages that the gateway serves. */
function consoleFiles() {
  const site = join(dist, 'apps/console/site');
  return readdirSync(site, { recursive: true })
    .map((name) => join(site, name))
    .filter((path) => statSync(path).isFile());
}

function copy(file) {
  for (const path of [file, `${file}.map`]) {
    if (!existsSync(path)) continue;
    const target = join(folder, relative(dist, path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
}

function manifest() {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name: `@gatehouse/${app}`,
    version,
    license,
    private: true,
    type: 'commonjs',
    dependencies: workspaceVersions(packages, root)('dependencies'),
    gatehouse: { health: health() },
  };
}

/** Where the health check asks: the ops port of a service in the table of services, or the port of the emulator. */
function health() {
  if (app === 'clerk-emulator') return { variable: 'PORT', port: 3100, path: '/emulator/health' };
  const table = readFileSync(join(root, 'libs/contracts/src/services.ts'), 'utf8');
  const port = new RegExp(`^  '${app}': \\{[^}]*\\bopsPort: (\\d+)`, 'm').exec(table)?.[1];
  if (port === undefined) throw new Error(`libs/contracts/src/services.ts has no opsPort of ${app}.`);
  return { variable: 'OPS_PORT', port: Number(port), path: '/healthz' };
}
