// Runs the install scripts of exactly the packages that `allowScripts` in package.json names with true, once after each
// installation. .npmrc keeps npm from running any. Needs Node 20.19 or later and no package. `npm start`, `npm test` and
// `npm run build` call it. An argument names another checkout.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Scripts that npm runs when it installs a package, in their order. */
const EVENTS = ['preinstall', 'install', 'postinstall'];

/** Limit for one script, which may download. */
const TIMEOUT_MS = 300_000;

/**
 * SHA-256 of the Node program in the npm package `node-<platform>-<arch>`, at the version of the dependency `node`. The
 * install script of `node` downloads that package, which the lock file does not know. Change them with that version.
 */
const NODE_PROGRAMS = {
  version: '24.21.0',
  'linux-x64': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  'linux-arm64': '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
  'win32-x64': 'ba4e6d110e8c1592a1ecd390f6b05f3da124b13871a5be62b341a07a853c6c32',
};

/** A failure whose message is a sentence for a person. */
export class InstallScriptError extends Error {
  code = 'INSTALL_SCRIPT_FAILED';
}

/**
 * Runs the scripts that have not run since the last installation. Returns the names of the packages whose scripts ran.
 * @param root folder with package.json and node_modules
 * @throws InstallScriptError
 */
export function runInstallScripts(root) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.gatehouse-install-scripts');
  const allowed = allowedPackages(root);
  const state = createHash('sha256').update(JSON.stringify(allowed)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state && isNodeThere(modules)) return [];
  const ran = allowed.filter((one) => runScriptsOf(one, root));
  linkNode(modules);
  if (existsSync(modules)) writeFileSync(stamp, state);
  return ran.map(({ name }) => name);
}

/** The installed packages at the top of node_modules that `allowScripts` names with true, with their versions. */
function allowedPackages(root) {
  const { allowScripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(allowScripts)
    .filter((name) => allowScripts[name] === true)
    .flatMap((name) => {
      const manifest = join(root, 'node_modules', name, 'package.json');
      if (!existsSync(manifest)) return [];
      const { version, scripts = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
      return [{ name, version, scripts: EVENTS.flatMap((event) => (scripts[event] ? [[event, scripts[event]]] : [])) }];
    });
}

function runScriptsOf({ name, version, scripts }, root) {
  const directory = join(root, 'node_modules', name);
  if (name === 'node' && isGenuineNode(directory, version)) return false;
  for (const [event, script] of scripts) {
    const { error, status, stdout, stderr } = spawnSync(script, {
      cwd: directory,
      shell: true,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules/.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
        INIT_CWD: root,
        npm_lifecycle_event: event,
        npm_package_name: name,
        npm_package_version: version,
        // What such a script installs runs no scripts either.
        npm_config_ignore_scripts: 'true',
      },
    });
    if (status === 0) continue;
    const output = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-5).join('\n');
    throw new InstallScriptError(
      `The ${event} script of "${name}" failed: ${error?.message ?? `exit ${status}`}\n${output}`,
    );
  }
  if (name === 'node') requireGenuineNode(directory, version);
  return scripts.length > 0;
}

function nodeProgram(directory) {
  return join(directory, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function nodeLink(modules) {
  return join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
}

function isNodeThere(modules) {
  return !existsSync(join(modules, 'node')) || existsSync(nodeLink(modules));
}

/** Puts Node into `.bin`. npm does so only when the program exists at the end of the installation. */
function linkNode(modules) {
  if (isNodeThere(modules) || !existsSync(nodeProgram(join(modules, 'node')))) return;
  if (process.platform === 'win32') writeFileSync(nodeLink(modules), '@"%~dp0\\..\\node\\bin\\node.exe" %*\r\n');
  else symlinkSync('../node/bin/node', nodeLink(modules));
}

function hashOf(file) {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;
}

/** The hash that is expected on this platform; undefined where none is known, as on macOS. */
function expectedHash(version) {
  return NODE_PROGRAMS.version === version ? NODE_PROGRAMS[`${process.platform}-${process.arch}`] : undefined;
}

function isGenuineNode(directory, version) {
  const expected = expectedHash(version);
  return expected !== undefined && hashOf(nodeProgram(directory)) === expected;
}

/** @throws InstallScriptError when the downloaded program is not the expected one */
function requireGenuineNode(directory, version) {
  const expected = expectedHash(version);
  const found = hashOf(nodeProgram(directory));
  if (expected === undefined || found === expected) return;
  throw new InstallScriptError(
    `The downloaded Node ${version} has the SHA-256 ${found ?? '(no file)'}; ${expected} is expected. Delete node_modules and check the package registry.`,
  );
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
    const ran = runInstallScripts(root);
    if (ran.length > 0) console.log(`install scripts ran: ${ran.join(', ')}`);
  } catch (error) {
    if (!(error instanceof InstallScriptError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
