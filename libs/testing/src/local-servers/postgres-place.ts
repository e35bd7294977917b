import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { binariesIn, postgresMajor, type PostgresBinaries } from './postgres-binaries';
import { type PostgresIdentity } from './postgres-identity';

/** The data directory's parent and the programs, both such that PostgreSQL's user can reach them. */
export interface PostgresPlace {
  /** Holds `data` and, for a moment, initdb's half-made directory. */
  directory: string;
  binaries: PostgresBinaries;
}

/** Makes the wanted directory, or for a user who cannot reach it (below /root, say) one below /var/tmp instead. */
export function preparePostgresPlace(
  wanted: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
): PostgresPlace {
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  if (identity.kind !== 'other-user') return { directory: wanted, binaries };

  const account = { uid: identity.uid, gid: identity.gid };
  if (can(account, 'test', ['-x', parent(wanted)]) && can(account, binaries.postgres, ['--version'])) {
    chownSync(wanted, account.uid, account.gid);
    return { directory: wanted, binaries };
  }
  const shared = join('/var/tmp', `gatehouse-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`);
  mkdirSync(shared, { recursive: true, mode: 0o711 });
  chmodSync(shared, 0o711);
  const native = join(shared, `postgres-${postgresMajor(binaries)}`);
  if (!existsSync(native)) {
    rmSync(`${native}.new`, { recursive: true, force: true });
    cpSync(binaries.native, `${native}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${native}.new`, native);
  }
  const directory = join(shared, 'server');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, account.uid, account.gid);
  return { directory, binaries: binariesIn(native) };
}

function can(account: { uid: number; gid: number }, command: string, args: string[]): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function parent(directory: string): string {
  return join(directory, '..');
}
