import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatehouseUrls, makeDirectory, sayFileError } from '@gatehouse/local-stack';
import { AlreadyRunningError } from './errors';

/** Where a running instance is found. */
export type RunningUrls = Omit<GatehouseUrls, 'emulator'> & Partial<Pick<GatehouseUrls, 'emulator'>>;

/** What the file of a running instance says; other tools find it by this. */
export interface RunningInstance {
  pid: number;
  /** Distinguishes the process from a later one with the same id; only where the system tells. */
  born: string | undefined;
  /** Without `emulator` when the services use a Clerk of the caller's own. */
  urls?: RunningUrls;
  /** How commands of user-sync reach its database and Clerk; holds secrets. */
  userSync?: NodeJS.ProcessEnv;
}

/** Held by the one instance that may use a state directory. */
export interface InstanceLock {
  /** Makes known where everything is, and with which environment user-sync runs. */
  announce(urls: RunningUrls, userSync: NodeJS.ProcessEnv): void;
  release(): void;
}

/**
 * Takes the lock of a state directory; one whose holder has died is taken over.
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
    throw sayFileError(error, stateDirectory);
  }
  return {
    announce: (urls, environment) => {
      const names = ['DATABASE_URL', 'DATABASE_CA_FILE', 'CLERK_SECRET_KEY', 'CLERK_API_URL', 'CLERK_REQUESTS_PER_10S'];
      const userSync = Object.fromEntries(names.map((name) => [name, environment[name]]));
      write({ ...self, urls, userSync }, 'w');
    },
    release: () => rmSync(file, { force: true }),
  };
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

/** Field 22 of /proc/<pid>/stat; undefined elsewhere than on Linux. */
function startTime(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}
