import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Leash, ManagedProcess, freePort, runCommand, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';

/** npm, the compiler and the bundler take seconds, and longer on a busy machine. */
const COMMAND_LIMIT_MS = 300_000;
const root = workspaceRoot();
const example = join(root, 'examples/web');
/** Packages of the workspace that npm would install with the tarballs, and those that the compiler needs. */
const ofWorkspace = [
  ...['openapi-fetch', 'openapi-typescript-helpers', 'eventsource-parser', 'libphonenumber-js'],
  ...['typescript', '@types/node', 'undici-types'],
];

/** Addresses that the page is built for. */
export interface WebAddresses {
  readonly gateway: string;
  readonly emulator: string;
  readonly publishableKey: string;
}

/**
 * Makes a folder with examples/web, what it depends on, and the tarballs of our packages, as its README says.
 * @param packages folder with the packages of others
 */
export async function installWeb(folder: string, packages: string): Promise<void> {
  cpSync(example, folder, { recursive: true, filter: (path) => !/node_modules|\.tgz$/.test(path) });
  for (const name of packagesIn(join(packages, 'node_modules'))) link(packages, folder, name);
  for (const name of ofWorkspace) link(root, folder, name);
  for (const name of ['client', 'react']) await unpack(folder, name);
}

/** Names of the packages in a `node_modules`. */
function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
    );
}

function link(from: string, folder: string, name: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(from, 'node_modules', name), path, 'dir');
}

/** Packs a library, which also checks the tarball, and installs it. */
async function unpack(folder: string, library: string): Promise<void> {
  const tarballs = join(folder, 'tarballs', library);
  const program = join(root, 'tools/pack.mjs');
  await runCommand(process.execPath, [program, library, tarballs], { cwd: folder, timeoutMs: COMMAND_LIMIT_MS });
  const [tarball = ''] = readdirSync(tarballs);
  const installed = join(folder, 'node_modules/@gatehouse', library);
  mkdirSync(installed, { recursive: true });
  const args = ['xzf', join(tarballs, tarball), '-C', installed, '--strip-components=1'];
  await runCommand('tar', args, { timeoutMs: COMMAND_LIMIT_MS });
}

/** Builds the page in a folder that {@link installWeb} has made, and serves it. Returns its origin. */
export async function serveWeb(folder: string, addresses: WebAddresses, leash: Leash): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    VITE_GATEHOUSE_URL: addresses.gateway,
    VITE_CLERK_PUBLISHABLE_KEY: addresses.publishableKey,
    CLERK_EMULATOR_URL: addresses.emulator,
  };
  const logOf = (name: string) => join(folder, `${name}.log`);
  const vite = (name: string, ...args: string[]) =>
    ManagedProcess.start({
      ...{ name, command: process.execPath, args: ['node_modules/vite/bin/vite.js', ...args], cwd: folder, env, leash },
      logFile: logOf(name),
    });
  const { code } = await (await vite('vite-build', 'build')).exited;
  if (code !== 0) throw new Error(readFileSync(logOf('vite-build'), 'utf8'));
  const port = await freePort();
  const preview = await vite('vite-preview', 'preview', '--port', String(port), '--strictPort', '--host', 'localhost');
  const origin = `http://localhost:${port}`;
  await eventually(
    async () => {
      if (!preview.running) throw new Error(readFileSync(logOf('vite-preview'), 'utf8'));
      expect((await fetch(origin)).status).toBe(200);
    },
    { timeoutMs: COMMAND_LIMIT_MS },
  );
  return origin;
}

/** Packages that examples/web depends on in another version than the one that is tested. */
export function untestedVersions(packages: string): string[] {
  const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')) as Record<string, object>;
  const versionOf = (name: string): string | undefined => {
    const from = ofWorkspace.includes(name) ? root : packages;
    const text = readFileSync(join(from, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  };
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name, version]) => !name.startsWith('@gatehouse/') && versionOf(name) !== version)
    .map(([name, version]) => `${name} ${String(version)}`);
}
