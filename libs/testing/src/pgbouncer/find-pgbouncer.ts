import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, workspaceState } from '@gatehouse/local-stack';
import { unpackDebianPackages, unpackedLibraries } from '../debian-packages';
import { PgBouncerNotFoundError } from '../errors';

/** A pgbouncer program, and the variables to add to its environment. */
export interface PgBouncerProgram {
  path: string;
  env: Record<string, string>;
}

const PROGRAM = 'usr/sbin/pgbouncer';

/**
 * Finds PgBouncer: in PGBOUNCER_BIN, on PATH, where Debian installs it, or below `.gatehouse/pgbouncer`; otherwise
 * unpacks the Debian package there, without installing it.
 * @throws PgBouncerNotFoundError
 */
export async function findPgBouncer(): Promise<PgBouncerProgram> {
  const installed =
    process.env.PGBOUNCER_BIN ||
    findOnPath('pgbouncer', process.env.PATH) ||
    (existsSync(`/${PROGRAM}`) ? `/${PROGRAM}` : undefined);
  if (installed !== undefined) return { path: installed, env: {} };
  const directory = join(workspaceState(), 'pgbouncer');
  const path = join(directory, PROGRAM);
  if (!existsSync(path)) {
    await unpackDebianPackages({
      packageName: 'pgbouncer',
      installedPackages: ['pgbouncer'],
      program: PROGRAM,
      directory,
      aptDirectory: join(workspaceState(), 'apt-pgbouncer'),
    }).catch((cause: unknown) => {
      throw new PgBouncerNotFoundError({ cause });
    });
  }
  return { path, env: unpackedLibraries(directory) };
}
