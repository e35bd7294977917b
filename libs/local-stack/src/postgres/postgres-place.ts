import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderNotWritableError } from '../errors';
import { makeDirectory } from '../processes/make-directory';
import { binariesIn, postgresMajor, type PostgresBinaries } from './postgres-binaries';
import { type PostgresIdentity } from './postgres-identity';

/** Folders that PostgreSQL uses. The operating system user that runs PostgreSQL can reach them. */
export interface PostgresPlace {
  /** Contains `data` and, while initdb runs, the unfinished `data.new`. */
  directory: string;
  binaries: PostgresBinaries;
}

type Account = { uid: number; gid: number };

/** Folder that every user can reach. Unlike /tmp, it survives a reboot. */
const commonGround = '/var/tmp';

/**
 * Creates the directory `wanted`. The operating system user that runs PostgreSQL may be unable to reach it, for example
 * below /root. In this case, creates a directory below /var/tmp instead. Copies the programs of PostgreSQL below
 * /var/tmp if that user cannot reach them.
 * @throws FolderNotWritableError
 */
export function preparePostgresPlace(
  wanted: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
): PostgresPlace {
  makeDirectory(wanted);
  if (identity.kind !== 'other-user') return { directory: wanted, binaries };
  const account = { uid: identity.uid, gid: identity.gid };
  const directory = can(account, 'test', ['-x', dirname(wanted)]) ? wanted : join(ownFolder(wanted), 'server');
  makeDirectory(directory);
  chownSync(directory, account.uid, account.gid);
  return { directory, binaries: can(account, binaries.postgres, ['--version']) ? binaries : copied(binaries) };
}

function copied(binaries: PostgresBinaries): PostgresBinaries {
  const native = join(ownFolder(binaries.native), `postgres-${postgresMajor(binaries)}`);
  if (!existsSync(native)) {
    rmSync(`${native}.new`, { recursive: true, force: true });
    cpSync(binaries.native, `${native}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${native}.new`, native);
  }
  return binariesIn(native);
}

/**
 * Creates a folder below /var/tmp in place of the folder `key`, or uses an existing one. Its name is a hash of the path
 * `key`, so that each path has its own folder. Other users can guess the name. An existing folder is therefore rejected
 * when another user owns it or can write to it.
 * @throws FolderNotWritableError
 */
function ownFolder(key: string): string {
  const folder = join(commonGround, `gatehouse-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`);
  makeDirectory(folder, 0o711);
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new FolderNotWritableError(folder);
  }
  return folder;
}

function can(account: Account, command: string, args: string[]): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore', timeout: 60_000 }).status === 0;
}
