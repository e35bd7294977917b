// Runs on any Node from 20.19 on, before anything is installed: installs the packages of the lock file and builds what
// has changed. Programs that it starts run on the Node that is a dependency of this workspace.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, clearTimeout, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { InstallScriptError, runInstallScripts } from './install-scripts.mjs';

/** The folder of this checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder for data, logs and stamps. GATEHOUSE_STATE_DIR names another. */
export const stateDirectory = resolve(process.env.GATEHOUSE_STATE_DIR || join(root, '.gatehouse'));

const modules = join(root, 'node_modules');
const lockStamp = join(modules, '.gatehouse-lock');
const buildStamp = join(root, 'dist/.gatehouse-build');

/** Error codes for a folder that cannot be created or written to. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP']);

/** A failure whose message is a sentence for a person. */
export class BootstrapError extends Error {
  code = 'BOOTSTRAP_FAILED';
}

/** Installs and builds what has changed; prints each step with its time. @throws BootstrapError */
export async function bootstrap({ quiet = false, builds = true } = {}) {
  requireNode();
  makeWritable(join(stateDirectory, 'logs'));
  await step('dependencies', quiet, installDependencies);
  if (builds) await step('build', quiet, build);
}

/** The environment of programs that run after the bootstrap: Node and other programs of this workspace come first on PATH. */
export function workspaceEnvironment(env = process.env) {
  return {
    ...env,
    PATH: `${join(modules, '.bin')}:${env.PATH ?? ''}`,
    GATEHOUSE_STATE_DIR: stateDirectory,
    // Node caches compiled modules there, so that later programs start faster.
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(stateDirectory, 'compile-cache'),
  };
}

/** The Node that is a dependency of this workspace. */
export function workspaceNode() {
  return join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
}

/**
 * Runs a program in place of this one: forwards signals to it and waits for its end. When this process ends, the program
 * notices by its IPC channel. When the parent of this process ends, the program gets SIGTERM.
 * @param limitMs time until the program is stopped; no limit by default
 * @param lingers returns whether the program has finished its work; it must then end within `lingersMs`
 * @returns its exit code, or 124 at a limit
 */
export function runInPlace(command, args, { env = workspaceEnvironment(), limitMs, lingers, lingersMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    let timedOut = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    const parents = ancestors();
    const orphaned = setInterval(() => {
      if (ancestors() === parents) return;
      clearInterval(orphaned);
      child.kill('SIGTERM');
    }, 1000);
    const stop = () => {
      timedOut = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    };
    const limit = limitMs && setTimeout(stop, limitMs);
    let doneSince;
    const lingering = setInterval(() => {
      if (!lingers?.()) return;
      doneSince ??= performance.now();
      if (performance.now() - doneSince < lingersMs) return;
      clearInterval(lingering);
      stop();
    }, 1000);
    child.once('error', (error) => {
      console.error(`Cannot start ${command}: ${error.message}.`);
      resolve(1);
    });
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      clearInterval(orphaned);
      clearInterval(lingering);
      resolve(timedOut ? 124 : (code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  });
}

/** The ids of the parent and, on Linux under npm, of its parent: a shell and npm itself. */
function ancestors() {
  try {
    const parent = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[1];
    return process.env.npm_lifecycle_event ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** Bootstraps, then runs a built program of the workspace in place of this one; returns its exit code. */
export async function runBuilt(program, args = process.argv.slice(2), options = { quiet: true }) {
  await bootstrap(options);
  return runInPlace(workspaceNode(), ['--enable-source-maps', join(root, 'dist', program), ...args]);
}

/** Parses a JSON file of the state directory; undefined when it is missing or not readable. */
export function readState(name) {
  try {
    return JSON.parse(readFileSync(join(stateDirectory, name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs `work` and exits with its result. For a BootstrapError prints the message and exits with 1. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new BootstrapError(`Node 20.19 or later is required; this is ${process.versions.node}.`);
}

function makeWritable(directory) {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw fileError(error, directory);
  }
}

/** Creates a folder and its parents. `mkdirSync` with `recursive` would never return in a file system like /proc. */
export function makeDirectory(path) {
  if (made(path) === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  const refusal = made(path);
  if (refusal !== true) throw refusal;
}

/** Returns true when the folder exists afterwards, the error when a parent is missing. Throws other errors. */
function made(path) {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST' && statSync(path).isDirectory()) return true;
    if (error.code === 'ENOENT') return error;
    throw error;
  }
}

function fileError(error, path) {
  if (['ENOSPC', 'EDQUOT'].includes(error.code)) return new BootstrapError('There is no space left on the disk.');
  if (error.code === 'ENAMETOOLONG') return new BootstrapError(`The path ${path} is too long: choose a shorter one.`);
  if (UNWRITABLE.has(error.code) || (error.code === 'ENOENT' && error.syscall === 'mkdir')) {
    return new BootstrapError(`The folder ${error.path ?? path} cannot be written to by this user.`);
  }
  return error;
}

async function step(name, quiet, work) {
  const started = performance.now();
  const detail = await work((message) => quiet || console.log(`  ${name}: ${message} …`));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!quiet) console.log(`✓ ${name.padEnd(14)} ${detail.padEnd(44)} ${seconds.padStart(5)} s`);
}

async function installDependencies(tell) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(lockStamp) && readFileSync(lockStamp, 'utf8') === hash && existsSync(workspaceNode())) {
    return 'nothing to install';
  }
  if (isInstalled(JSON.parse(lock.toString()))) {
    installScripts();
    writeStamp(lockStamp, hash);
    return 'installed already';
  }
  tell('npm installs them, which takes a minute or two');
  const log = join(stateDirectory, 'logs/npm.log');
  // Hides warnings of packages about Node 20, which only runs this file.
  const env = { ...process.env, NODE_ENV: '', npm_config_loglevel: 'error' };
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  // By default npm retries silently for minutes when there is no network.
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const { code, output } = await run(
    'npm',
    ['ci', '--loglevel=error', ...options, ...patience, '--fetch-timeout=60000'],
    log,
    env,
  );
  if (code !== 0) throw new BootstrapError(`npm could not install dependencies: ${npmReason(output)} (${log})`);
  tell('the install scripts of package.json run');
  installScripts();
  if (!existsSync(workspaceNode())) {
    throw new BootstrapError('npm could not install dependencies: the package "node" brought no program.');
  }
  writeStamp(lockStamp, hash);
  return 'installed';
}

function installScripts() {
  try {
    runInstallScripts(root);
  } catch (error) {
    if (error instanceof InstallScriptError) throw new BootstrapError(error.message);
    throw fileError(error, modules);
  }
}

/** Whether npm has installed the lock file already, for example by hand. */
function isInstalled(lock) {
  try {
    const record = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(lock.packages).every(
      ([path, wanted]) =>
        path === '' || wanted.optional || wanted.peer || wanted.link || record[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

function npmReason(output) {
  // npm 10 prints only "Exit handler never called" when all its retries fail.
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network|Exit handler never called/i.test(output)) {
    return 'the package registry cannot be reached; is there a network?';
  }
  if (/ENOSPC/.test(output)) return 'there is no space left on the disk.';
  if (/EACCES|EPERM|EROFS/.test(output)) return 'a folder cannot be written to by this user.';
  if (/ENOENT/.test(output) && /spawn/.test(output)) return 'npm is not on PATH.';
  const line = output.split('\n').find((text) => /npm (error|ERR!) \S/.test(text) && !/code|errno/i.test(text));
  return (line ?? 'it gave no reason').replace(/^npm (error|ERR!) /, '');
}

async function build(tell) {
  const hash = sourceHash();
  if (existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === hash) return 'nothing has changed';
  tell('compiling what has changed');
  const log = join(stateDirectory, 'logs/build.log');
  const nx = join(modules, 'nx/dist/bin/nx.js');
  const program = existsSync(nx) ? nx : join(modules, 'nx/bin/nx.js');
  const { code, output } = await run(
    workspaceNode(),
    [program, 'run-many', '-t', 'build', '--outputStyle=static', '--parallel=2'],
    log,
    { ...workspaceEnvironment(), NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', FORCE_COLOR: '0', CI: '1' },
  );
  if (code !== 0) {
    throw new BootstrapError(`The build failed:\n${output.trimEnd().split('\n').slice(-25).join('\n')}\n(${log})`);
  }
  writeStamp(buildStamp, hash);
  return 'done';
}

/** Hash of the names, sizes and times of all files that are compiled. */
function sourceHash() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const file = statSync(path);
    if (!file.isDirectory()) return hash.update(`${path}\0${file.size}\0${file.mtimeMs}\n`);
    for (const name of readdirSync(path).sort()) {
      if (name !== 'node_modules' && !name.endsWith('.spec.ts')) visit(join(path, name));
    }
  };
  for (const name of ['package-lock.json', 'tsconfig.base.json', '.swcrc.json', 'nx.json']) visit(join(root, name));
  for (const group of ['apps', 'libs']) {
    for (const project of readdirSync(join(root, group))) {
      for (const name of ['project.json', 'src', 'index.html', 'vite.config.mjs']) {
        const path = join(root, group, project, name);
        if (existsSync(path)) visit(path);
      }
    }
  }
  visit(join(root, 'tools/src'));
  return hash.digest('hex');
}

function writeStamp(file, text) {
  try {
    makeDirectory(dirname(file));
    writeFileSync(file, text);
  } catch (error) {
    throw fileError(error, dirname(file));
  }
}

/** Runs a program with its output in a log file. Returns its exit code and output. */
function run(command, args, log, env) {
  return new Promise((resolve, reject) => {
    let descriptor;
    try {
      descriptor = openSync(log, 'w', 0o600);
    } catch (error) {
      return reject(fileError(error, log));
    }
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', descriptor, descriptor] });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    let stopped = false;
    const onSignal = (signal) => {
      stopped = true;
      forward(signal);
    };
    for (const signal of signals) process.on(signal, onSignal);
    child.once('error', (error) => resolve({ code: 1, output: `spawn ${error.message}` }));
    child.once('close', (code) => {
      for (const signal of signals) process.off(signal, onSignal);
      if (stopped) process.exit(130);
      resolve({ code, output: readFileSync(log, 'utf8') });
    });
  });
}
