import { statfsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import {
  DiskFullError,
  loadSettings,
  isLocalServerError,
  MigrationFailedError,
  explainFileError,
  ServiceFailedError,
  StreamSetupFailedError,
  startGatehouse,
  workspaceRoot,
  type Gatehouse,
  type GatehouseCrash,
} from '@gatehouse/local-stack';
import { checkEnvironment, misnamedVariables } from './check-environment';
import { bindClerk, clerkSource } from './clerk-source';
import { StartInterruptedError } from './errors';
import { ensureFirstAdmin } from './first-admin';
import { lockInstance, type InstanceLock } from './instance-lock';
import { publishableKeyOf } from './publishable-key';
import { terminalLine } from './log-line';
import { describeGate } from './describe-gate';
import { loadProgramConfigs } from './parse-environments';
import { tryEmulator, tryOwnClerk } from './try-next';

const root = workspaceRoot();
const stateDirectory = resolve(process.env.GATEHOUSE_STATE_DIR || join(root, '.gatehouse'));
const diskFull = 'There is no space left on the disk.';
const interrupted = new AbortController();

let lock: InstanceLock | undefined;
let gatehouse: Gatehouse | undefined;
let starting: Promise<unknown> = Promise.resolve();
let ending: Promise<void> | undefined;
let endAskedAt = 0;

void main();

async function main(): Promise<void> {
  // A closed terminal must not interrupt the orderly stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal());
  process.on('disconnect', () => void end(0));
  try {
    lock = lockInstance(stateDirectory);
    starting = start();
    await starting;
  } catch (error) {
    if (ending) return;
    explain(error);
    await end(1);
  }
}

async function start(): Promise<void> {
  const begin = performance.now();
  const clerk = clerkSource(process.env);
  const configs = await loadProgramConfigs();
  const misnamed = misnamedVariables(process.env, configs);
  for (const { variable, meant } of misnamed) console.log(`! ${variable} is ignored: did you mean ${meant}?`);
  // Removes the misnamed variables; otherwise each program would print the same warning again.
  const env = withAbsolutePaths(
    withoutNames(
      process.env,
      misnamed.map(({ variable }) => variable),
    ),
  );
  const ports = checkEnvironment(env, loadSettings(stateDirectory), clerk, configs);
  bindClerk(stateDirectory, clerk);
  gatehouse = await startGatehouse({
    root,
    stateDirectory,
    ports,
    env: { NODE_COMPILE_CACHE: join(stateDirectory, 'compile-cache'), ...env },
    emulator: clerk.kind === 'emulator',
    signal: interrupted.signal,
    onStep: ({ name, detail, ms }) => console.log(`✓ ${name.padEnd(14)} ${detail.padEnd(44)} ${seconds(ms)}`),
    onProgress: (message) => console.log(`  ${message} …`),
    onLine: (service, line) => {
      const shown = ending ? undefined : terminalLine(service, line);
      if (shown) console.log(shown);
    },
    onCrash: (crash) => void onCrash(crash),
    onLogError: (error) => void onLogError(error),
  });
  const { urls, environments } = gatehouse;
  const logDirectory = fromRoot(join(stateDirectory, 'logs'));
  if (clerk.kind === 'emulator') {
    await ensureFirstAdmin(urls.emulator, environments['clerk-emulator'].CLERK_SECRET_KEY ?? '');
  }
  lock?.announce({
    urls: clerk.kind === 'emulator' ? urls : { gateway: urls.gateway, console: urls.console, ingest: urls.ingest },
    userSync: environments['user-sync'],
    natsSetup: gatehouse.setupEnvironment,
  });
  console.log(`✓ everything runs${' '.repeat(44)} ${seconds(performance.now() - begin)}`);
  const { GATE_FILE } = environments['api-gateway'];
  if (GATE_FILE) console.log(await describeGate(GATE_FILE));
  console.log(
    clerk.kind === 'emulator'
      ? tryEmulator({
          urls,
          logDirectory,
          settingsFile: fromRoot(join(stateDirectory, 'settings.json')),
          publishableKey: await publishableKeyOf(urls.emulator),
        })
      : tryOwnClerk({ urls, logDirectory, issuer: clerk.issuer }),
  );
}

/**
 * The first signal stops everything in order. A second signal within 1 s is ignored, because one Ctrl-C can arrive
 * twice, from the terminal and from npm. A signal more than 1 s after the first stops everything at once.
 */
function onSignal(): void {
  if (!ending) {
    console.log('\nStopping …');
    void end(0);
  } else if (performance.now() - endAskedAt > 1000) {
    console.log('Stopping at once.');
    lock?.release();
    void (gatehouse?.kill() ?? Promise.resolve()).finally(() => process.exit(130));
  }
}

async function onCrash({ name, exit, lastLines }: GatehouseCrash): Promise<void> {
  // While starting, the failed step reports the crash.
  if (ending || !gatehouse) return;
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  console.error(`${name} ${how}, so everything is stopped. Its last lines:`);
  for (const line of lastLines) console.error(`  ${line}`);
  if (isDiskFull()) console.error(diskFull);
  await end(1);
}

async function onLogError(error: unknown): Promise<void> {
  if (ending) return;
  const why = error instanceof DiskFullError ? diskFull : `A log cannot be written: ${String(error)}.`;
  console.error(`${why} Everything is stopped.`);
  await end(1);
}

/** Whether the disk is full. Checked after a crash, because a server cannot write this cause to its log. */
function isDiskFull(): boolean {
  try {
    const { bavail, bsize } = statfsSync(stateDirectory);
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

function end(code: number): Promise<void> {
  if (!ending) endAskedAt = performance.now();
  ending ??= (async () => {
    interrupted.abort(new StartInterruptedError());
    await starting.catch(() => undefined);
    await gatehouse?.stop();
    lock?.release();
    if (code === 0) console.log('Everything is stopped; the data is kept.');
    process.exit(code);
  })();
  return ending;
}

function explain(thrown: unknown): void {
  const error = explainFileError(thrown, stateDirectory);
  if (!isLocalServerError(error)) {
    console.error(`npm start failed: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  console.error(error.message);
  if (
    error instanceof ServiceFailedError ||
    error instanceof MigrationFailedError ||
    error instanceof StreamSetupFailedError
  ) {
    for (const line of error.lastLines) console.error(`  ${line}`);
  }
}

function withoutNames(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** Makes paths in variables absolute: npm runs this program in the checkout, not where it was called. */
function withAbsolutePaths(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const paths = ['GATE_FILE', 'CLERK_PACKAGES_FOLDER'].filter((name) => env[name]);
  const called = env.INIT_CWD ?? '.';
  return { ...env, ...Object.fromEntries(paths.map((name) => [name, resolve(called, env[name] ?? '')])) };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(5)} s`;
}

function fromRoot(path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : `./${inside}`;
}
