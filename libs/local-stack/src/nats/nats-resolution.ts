import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NatsServerNotFoundError } from '../errors';
import { cachedDebianName, unpackDebianPackage } from './nats-debian';
import { cachedReleaseName, downloadNatsRelease, natsRelease } from './nats-release';
import { runCommand } from '../processes/run-command';

/** A nats-server to connect to, or a program to start. */
export type NatsResolution =
  { kind: 'server'; url: string } | { kind: 'program'; path: string; version: string; source: NatsSource };

/** The steps of the search, in their order. */
export const natsSources = ['NATS_URL', 'NATS_SERVER_BIN', 'PATH', 'cache', 'release', 'debian'] as const;

/** Where a nats-server was found. */
export type NatsSource = (typeof natsSources)[number];

/** One step: a URL or a path; undefined when there is nothing to try here; an error when trying failed. */
export type NatsStep = () => Promise<string | undefined>;

/** What the search may use; tests replace single steps. */
export interface NatsSearch {
  env: NodeJS.ProcessEnv;
  /** Holds `bin/` and `apt/`. */
  stateDirectory: string;
  platform?: string;
  onProgress?: (message: string) => void;
  steps?: Partial<Record<NatsSource, NatsStep>>;
}

/**
 * Finds a nats-server: NATS_URL, NATS_SERVER_BIN, PATH, our cache, the official release, the Debian package; in this
 * order, the first that works. What the caller names (the first two) has to work: nothing takes its place.
 * @throws NatsServerNotFoundError with what was tried and how to install one
 */
export async function resolveNatsServer(search: NatsSearch): Promise<NatsResolution> {
  const platform = search.platform ?? `${process.platform}-${process.arch}`;
  const steps: Record<NatsSource, NatsStep> = { ...realSteps(search, platform), ...search.steps };
  const failures: string[] = [];
  for (const source of natsSources) {
    try {
      const found = await steps[source]();
      if (found === undefined) continue;
      if (source === 'NATS_URL') return { kind: 'server', url: found };
      return { kind: 'program', path: found, version: await natsVersion(found), source };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (source === 'NATS_SERVER_BIN') {
        throw new NatsServerNotFoundError(`NATS_SERVER_BIN does not name a nats-server that runs: ${reason}.`, {
          cause,
        });
      }
      failures.push(reason);
      search.onProgress?.(`nats-server: ${failedAs[source]} (${reason})`);
    }
  }
  const tried = failures.length > 0 ? ` Tried: ${failures.join('; ')}.` : '';
  throw new NatsServerNotFoundError(`No nats-server could be had: ${howToInstall(platform)}${tried}`);
}

/** The version a program tells, e.g. `2.9.10`; throws when it does not run or is older than 2.9. */
export async function natsVersion(program: string): Promise<string> {
  const output = await runCommand(program, ['--version'], { timeoutMs: 15_000 });
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (!version) throw new NatsServerNotFoundError(`${program} tells no version`);
  if (!isAtLeast(version, 2, 9)) throw new NatsServerNotFoundError(`${program} is ${version}, older than 2.9`);
  return version;
}

/** Compares `major.minor` of a version. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

const failedAs: Record<NatsSource, string> = {
  NATS_URL: 'NATS_URL is of no use',
  NATS_SERVER_BIN: 'NATS_SERVER_BIN is of no use',
  PATH: 'the one on PATH is of no use',
  cache: 'the cached one is of no use',
  release: 'the official release could not be downloaded',
  debian: 'the Debian package could not be had',
};

function realSteps({ env, stateDirectory, onProgress }: NatsSearch, platform: string): Record<NatsSource, NatsStep> {
  const cacheDirectory = join(stateDirectory, 'bin');
  return {
    NATS_URL: async () => env.NATS_URL || undefined,
    NATS_SERVER_BIN: async () => env.NATS_SERVER_BIN || undefined,
    PATH: async () => onPath('nats-server', env.PATH),
    cache: async () => [cachedReleaseName, cachedDebianName].map((name) => join(cacheDirectory, name)).find(isProgram),
    release: async () => {
      if (!natsRelease.sha256[platform]) return undefined;
      onProgress?.(`nats-server: downloading the official release ${natsRelease.version}`);
      return downloadNatsRelease({ platform, cacheDirectory, base: env.NATS_SERVER_DOWNLOAD_BASE || undefined });
    },
    debian: async () => {
      if (!onPath('apt-get', env.PATH) || !onPath('dpkg', env.PATH)) return undefined;
      onProgress?.('nats-server: unpacking the Debian package (nothing is installed)');
      return unpackDebianPackage({
        cacheDirectory,
        aptDirectory: join(stateDirectory, 'apt'),
        onProgress: (message) => onProgress?.(`nats-server: ${message}`),
      });
    },
  };
}

function howToInstall(platform: string): string {
  const way = platform.startsWith('darwin')
    ? 'install it with "brew install nats-server"'
    : 'install nats-server 2.9 or later from https://github.com/nats-io/nats-server/releases';
  return `${way} and put it on PATH, or set NATS_SERVER_BIN to the program or NATS_URL to a server of your own.`;
}

function onPath(name: string, path: string | undefined): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (path ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, file))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
