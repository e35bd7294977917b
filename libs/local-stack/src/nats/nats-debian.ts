import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '../errors';
import { aptOptions, ownLists } from '../processes/apt';
import { runCommand } from '../processes/run-command';
import { makeDirectory } from '../processes/make-directory';

/** The name under which the program of the Debian package is cached. */
export const cachedDebianName = 'nats-server-debian';

/** Folders for unpacking the Debian package, and the apt-get to use. */
export interface DebianUnpack {
  cacheDirectory: string;
  /** Holds our own package lists when the system's are not usable. */
  aptDirectory: string;
  /** Replaces apt-get; for tests. */
  aptGet?: string;
  onProgress?: (message: string) => void;
}

/**
 * Unpacks nats-server from the package of the distribution, without installing it and without root. apt checks the
 * signature of the package. When the package lists of the system are not usable, apt fetches lists into our folder.
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
        options.onProgress?.("the system's package lists are not usable; fetching our own");
        const own = [...aptOptions(), ...ownLists(options.aptDirectory)];
        // A failed update is ignored, because one unavailable third-party source is enough to fail it. What counts is
        // whether the download below succeeds.
        await runCommand(aptGet, [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
        await runCommand(aptGet, [...own, 'download', 'nats-server'], { cwd: work, timeoutMs: 60_000 });
      },
    );
    const file = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (!file) throw new CommandFailedError('apt-get download wrote no package');
    await runCommand('dpkg', ['-x', file, 'unpacked'], { cwd: work, timeoutMs: 30_000 });
    const unpacked = ['usr/sbin', 'usr/bin'].map((folder) => join(work, 'unpacked', folder, 'nats-server'));
    const program = unpacked.find((path) => existsSync(path));
    if (!program) throw new CommandFailedError('the Debian package contains no nats-server');
    const cached = join(options.cacheDirectory, cachedDebianName);
    renameSync(program, cached);
    return cached;
  } finally {
    for (const folder of [work, options.aptDirectory]) rmSync(folder, { recursive: true, force: true });
  }
}
