import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError, findOnPath, workspaceState } from '@gatehouse/local-stack';
import { unpackDebianPackages, unpackedLibraries } from '../debian-packages';
import { PsqlNotFoundError } from '../errors';

/** A psql program, and the variables to add to its environment. */
export interface PsqlProgram {
  path: string;
  env: Record<string, string>;
}

/** Where Debian's packages have PostgreSQL's programs. */
const PROGRAMS = 'usr/lib/postgresql';

/**
 * Finds PostgreSQL's client psql: on PATH, among Debian's installed packages, or below `.gatehouse/psql`; otherwise
 * unpacks the Debian package there.
 * @throws PsqlNotFoundError
 */
export async function findPsql(): Promise<PsqlProgram> {
  const installed = findOnPath('psql', process.env.PATH) ?? globSync(`/${PROGRAMS}/*/bin/psql`).at(-1);
  if (installed !== undefined) return { path: installed, env: {} };
  const directory = join(workspaceState(), 'psql');
  const unpacked = unpackedPsql(directory);
  if (unpacked) return unpacked;
  try {
    await unpackDebianPackages({
      packageName: 'postgresql-client',
      installedPackages: ['postgresql-client'],
      program: PROGRAMS,
      directory,
      aptDirectory: join(workspaceState(), 'apt-psql'),
    });
  } catch (cause) {
    if (!(cause instanceof CommandFailedError)) throw cause;
    throw new PsqlNotFoundError({ cause });
  }
  const found = unpackedPsql(directory);
  if (!found) throw new PsqlNotFoundError();
  return found;
}

function unpackedPsql(directory: string): PsqlProgram | undefined {
  const [path] = existsSync(directory) ? globSync(`${PROGRAMS}/*/bin/psql`, { cwd: directory }) : [];
  if (path === undefined) return undefined;
  return { path: join(directory, path), env: unpackedLibraries(directory) };
}
