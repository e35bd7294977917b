import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '../errors';
import { aptOptions, ownLists } from '../processes/apt';
import { runCommand } from '../processes/run-command';
import { makeDirectory } from '../processes/make-directory';

/** The name under which the program of the Debian package is cached. */
export const cachedDebianName = 'nats-server-debian';

/** Where the Debian package is unpacked, and which programs do it. */
export interface DebianUnpack {
  cacheDirectory: string;
  /** Holds package lists of our own when the system's are of no use. */
  aptDirectory: string;
  /** Replaces apt-get; for tests. */
  aptGet?: string;
  onProgress?: (message: string) => void;
}

/**
 * Takes nats-server out of the distribution's package without installing it: apt checks the package against the
 * distribution's signature, dpkg unpacks it. Needs no root: with unusable system lists it keeps lists of its own.
 * @returns the path of the program
 * @throws CommandFailedError
 */
export async function unpackDebianPackage(options: DebianUnpack): Promise<string> {
  makeDirectory(options.cacheDirectory);
  const work = mkdtempSync(join(options.cacheDirectory, 'unpack-'));
  try {
    const aptGet = options.aptGet ?? 'apt-get';
    await runCommand(aptGet, [...aptOptions(), 'download', 'nats-server'], { cwd: work, timeoutMs: 60_000 }).catch(
      async () => {
        options.onProgress?.("the system's package lists are of no use; fetching lists of our own");
        const own = [...aptOptions(), ...ownLists(options.aptDirectory)];
        // It also fails when a third party's source is away; whether the package can be had is what counts.
        await runCommand(aptGet, [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
        await runCommand(aptGet, [...own, 'download', 'nats-server'], { cwd: work, timeoutMs: 60_000 });
      },
    );
    const file = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (!file) throw new CommandFailedError('apt-get download left no package');
    await runCommand('dpkg', ['-x', file, 'unpacked'], { cwd: work, timeoutMs: 30_000 });
    const unpacked = ['usr/sbin', 'usr/bin'].map((folder) => join(work, 'unpacked', folder, 'nats-server'));
    const program = unpacked.find((path) => existsSync(path));
    if (!program) throw new CommandFailedError('the Debian package holds no nats-server');
    const cached = join(options.cacheDirectory, cachedDebianName);
    renameSync(program, cached);
    return cached;
  } finally {
    for (const folder of [work, options.aptDirectory]) rmSync(folder, { recursive: true, force: true });
  }
}
