import { join } from 'node:path';
import { NatsServerNotFoundError } from '../errors';
import { cachedDebianName, unpackDebianPackage } from './nats-debian';
import { cachedReleaseName, downloadNatsRelease, natsRelease } from './nats-release';
import { findOnPath, isProgram } from '../processes/find-program';
import { runCommand } from '../processes/run-command';

/** A running nats-server to connect to, or a program to start. */
export type NatsResolution =
  { kind: 'server'; url: string } | { kind: 'program'; path: string; version: string; source: NatsSource };

/** The places to search, in this order. */
const natsSources = ['NATS_URL', 'NATS_SERVER_BIN', 'PATH', 'cache', 'release', 'debian'] as const;

/** The place where a nats-server was found. */
export type NatsSource = (typeof natsSources)[number];

/** Searches one place: returns a URL or a path, or undefined when there is none. Throws when the search failed. */
type NatsStep = () => Promise<string | undefined>;

/** What the search may use. Tests replace single steps. */
export interface NatsSearch {
  env: NodeJS.ProcessEnv;
  /** Holds `bin/` and `apt/`. */
  stateDirectory: string;
  platform?: string;
  onProgress?: (message: string) => void;
  steps?: Partial<Record<NatsSource, NatsStep>>;
}

/**
 * Finds a nats-server: the first that works of NATS_URL, NATS_SERVER_BIN, PATH, our cache, the official release and the
 * Debian package. If NATS_URL or NATS_SERVER_BIN is set, no other place is tried.
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
        throw new NatsServerNotFoundError(
          `NATS_SERVER_BIN does not name a program that runs as nats-server: ${reason}.`,
          {
            cause,
          },
        );
      }
      failures.push(reason);
      search.onProgress?.(`nats-server: ${failedAs[source]} (${reason})`);
    }
  }
  const tried = failures.length > 0 ? ` Tried: ${failures.join('; ')}.` : '';
  throw new NatsServerNotFoundError(`nats-server not found. ${howToInstall(platform)}${tried}`);
}

/** Version of a program, e.g. `2.9.10`. @throws NatsServerNotFoundError when it does not run or is older than 2.9 */
export async function natsVersion(program: string): Promise<string> {
  const output = await runCommand(program, ['--version'], { timeoutMs: 60_000 });
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (!version) throw new NatsServerNotFoundError(`${program} prints no version`);
  if (!isAtLeast(version, 2, 9)) throw new NatsServerNotFoundError(`${program} is ${version}, older than 2.9`);
  return version;
}

/** Whether a version is at least `major.minor`. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

const failedAs: Record<NatsSource, string> = {
  NATS_URL: 'cannot use NATS_URL',
  NATS_SERVER_BIN: 'cannot use NATS_SERVER_BIN',
  PATH: 'cannot use the one on PATH',
  cache: 'cannot use the cached one',
  release: 'cannot download the official release',
  debian: 'cannot fetch the Debian package',
};

function realSteps({ env, stateDirectory, onProgress }: NatsSearch, platform: string): Record<NatsSource, NatsStep> {
  const cacheDirectory = join(stateDirectory, 'bin');
  return {
    NATS_URL: async () => env.NATS_URL || undefined,
    NATS_SERVER_BIN: async () => env.NATS_SERVER_BIN || undefined,
    PATH: async () => findOnPath('nats-server', env.PATH),
    cache: async () => [cachedReleaseName, cachedDebianName].map((name) => join(cacheDirectory, name)).find(isProgram),
    release: async () => {
      if (!natsRelease.sha256[platform]) return undefined;
      onProgress?.(`nats-server: downloading the official release ${natsRelease.version}`);
      return downloadNatsRelease({ platform, cacheDirectory, base: env.NATS_SERVER_DOWNLOAD_BASE || undefined });
    },
    debian: async () => {
      if (!findOnPath('apt-get', env.PATH) || !findOnPath('dpkg', env.PATH)) return undefined;
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
    ? 'Install it with "brew install nats-server"'
    : 'Install 2.9 or later from https://github.com/nats-io/nats-server/releases';
  return `${way} and put it on PATH, or set NATS_SERVER_BIN to the program or NATS_URL to a server of your own.`;
}
