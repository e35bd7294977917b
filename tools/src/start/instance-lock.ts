import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatehouseUrls, makeDirectory, explainFileError } from '@gatehouse/local-stack';
import { AlreadyRunningError } from './errors';

/** The addresses of a running instance; without `emulator` when the services use the caller's own Clerk. */
type RunningUrls = Omit<GatehouseUrls, 'emulator'> & Partial<Pick<GatehouseUrls, 'emulator'>>;

/** Content of running.json, by which other tools find the running instance. */
interface RunningInstance {
  pid: number;
  /** Start time of the process, to distinguish it from a later process with the same id. Known only on Linux. */
  born: string | undefined;
  /** Undefined until everything runs. */
  urls?: RunningUrls;
  /** Environment for commands of user-sync: its database and Clerk. Contains secrets. */
  userSync?: NodeJS.ProcessEnv;
  /**
   * Environment for `npm run nats:setup`. Contains secrets. Undefined when the password of the NATS user `nats-setup`
   * is unknown: NATS_URL names a server, and NATS_PASSWORD_NATS_SETUP is not set.
   */
  natsSetup?: NodeJS.ProcessEnv | undefined;
}

/** What other tools need to find and use the running instance. */
export interface Announcement {
  readonly urls: RunningUrls;
  /** Environment of user-sync. */
  readonly userSync: NodeJS.ProcessEnv;
  readonly natsSetup: NodeJS.ProcessEnv | undefined;
}

/** The lock of the one instance that may use a state directory. */
export interface InstanceLock {
  /** Publishes the addresses, and the environments for commands. */
  announce(announcement: Announcement): void;
  release(): void;
}

/**
 * Acquires the lock of a state directory. Takes over the lock of a process that has ended.
 * @throws AlreadyRunningError, FolderNotWritableError, DiskFullError
 */
export function lockInstance(stateDirectory: string): InstanceLock {
  const file = join(stateDirectory, 'running.json');
  const self: RunningInstance = { pid: process.pid, born: startTime(process.pid) };
  const write = (instance: RunningInstance, flag: 'wx' | 'w') =>
    writeFileSync(file, JSON.stringify(instance) + '\n', { flag, mode: 0o600 });
  try {
    makeDirectory(stateDirectory);
    try {
      write(self, 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readInstance(file);
      if (holder && isAlive(holder)) throw new AlreadyRunningError(holder.pid);
      rmSync(file, { force: true });
      write(self, 'wx');
    }
  } catch (error) {
    throw explainFileError(error, stateDirectory);
  }
  return {
    announce: ({ urls, userSync, natsSetup }) => {
      write(
        {
          ...self,
          urls,
          userSync: only(userSync, ADMIN_VARIABLES),
          natsSetup: natsSetup && only(natsSetup, SETUP_VARIABLES),
        },
        'w',
      );
    },
    release: () => rmSync(file, { force: true }),
  };
}

const ADMIN_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_CA_FILE',
  'CLERK_SECRET_KEY',
  'CLERK_API_URL',
  'CLERK_REQUESTS_PER_10S',
];

const SETUP_VARIABLES = ['NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'NATS_CA_FILE', 'STREAM_REPLICAS', 'ACK_WAIT_MS'];

/** A copy of `environment` that has only the variables `names`. */
function only(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

function readInstance(file: string): RunningInstance | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunningInstance;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, born }: RunningInstance): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startTime(pid) === born;
}

/** Start time of a process: field 22 of /proc/<pid>/stat; undefined on systems other than Linux. */
function startTime(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}
