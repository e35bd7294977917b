import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderNotWritableError } from '../errors';
import { makeDirectory } from '../processes/make-directory';
import { binariesIn, postgresMajor, type PostgresBinaries } from './postgres-binaries';
import { type PostgresIdentity } from './postgres-identity';

/** The data directory's parent and the programs, both such that PostgreSQL's user can reach them. */
export interface PostgresPlace {
  /** Holds `data` and, for a moment, initdb's half-made directory. */
  directory: string;
  binaries: PostgresBinaries;
}

type Account = { uid: number; gid: number };

/** Survives a reboot, unlike /tmp, and everybody can reach it. */
const commonGround = '/var/tmp';

/**
 * Makes the wanted directory. For a user who cannot reach it (below /root, say) it makes one below /var/tmp instead,
 * and copies the programs there when those are out of reach too.
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

/** A folder whose name anybody could guess and make first: only one that is ours, and ours alone to write, will do. */
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
  return spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0;
}
