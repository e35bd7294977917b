import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { aptOptions, CommandFailedError, makeDirectory, ownLists, runCommand } from '@gatehouse/local-stack';

/** A program of Debian packages, and where to unpack it. */
export interface DebianProgram {
  /** Package to unpack, together with its dependencies that this system lacks. */
  packageName: string;
  /**
   * Packages to unpack when apt would install nothing, because the system has `packageName` and its dependencies. The
   * program is needed nevertheless, for example because it is not on PATH.
   */
  installedPackages: readonly string[];
  /** Further packages. */
  extraPackages?: readonly string[];
  /** Path of the program in the unpacked packages. */
  program: string;
  /** Folder for the unpacked packages. */
  directory: string;
  /** Folder for package lists of our own. Used when the lists of the system are not usable. */
  aptDirectory: string;
  onProgress?: (message: string) => void;
}

const DOWNLOAD_LIMIT_MS = 300_000;

/**
 * Unpacks packages of the distribution without installing them and without root. apt checks the signature of each.
 * @throws CommandFailedError
 */
export async function unpackDebianPackages(wanted: DebianProgram): Promise<void> {
  const { packageName, program, directory } = wanted;
  const parent = dirname(directory);
  makeDirectory(parent);
  const work = mkdtempSync(join(parent, `unpack-${basename(directory)}-`));
  const lists = `${wanted.aptDirectory}-${process.pid}`;
  try {
    await download(wanted, work, lists);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await runCommand('dpkg', ['-x', file, 'unpacked'], { cwd: work, timeoutMs: 120_000 });
    }
    const unpacked = join(work, 'unpacked');
    if (!existsSync(join(unpacked, program))) {
      throw new CommandFailedError(`the Debian packages of ${packageName} do not contain ${program}`);
    }
    // Another process may have unpacked the program meanwhile.
    if (!existsSync(join(directory, program))) renameSync(unpacked, directory);
  } finally {
    for (const folder of [work, lists]) rmSync(folder, { recursive: true, force: true });
  }
}

/** The variables with which an unpacked program finds the libraries that were unpacked with it. */
export function unpackedLibraries(directory: string): { LD_LIBRARY_PATH: string } {
  const folders = ['lib', 'usr/lib'].flatMap((folder) => {
    const parent = join(directory, folder);
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
  return { LD_LIBRARY_PATH: [...folders, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') };
}

/** Downloads the packages. When the system's package lists are not usable, fetches lists into the folder `lists`. */
async function download(wanted: DebianProgram, work: string, lists: string): Promise<void> {
  const { packageName, installedPackages, extraPackages = [], onProgress } = wanted;
  const fetchAll = async (apt: string[]): Promise<void> => {
    const simulate = [...apt, 'install', '--simulate', '--no-install-recommends', packageName];
    const plan = await runCommand('apt-get', simulate, { cwd: work, timeoutMs: 60_000 });
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    const packages = [...(missing.length > 0 ? missing : installedPackages), ...extraPackages];
    onProgress?.(`fetching ${packages.length} packages`);
    await runCommand('apt-get', [...apt, 'download', ...packages], { cwd: work, timeoutMs: DOWNLOAD_LIMIT_MS });
  };
  await fetchAll(aptOptions()).catch(async () => {
    onProgress?.("the system's package lists are not usable; fetching our own");
    const own = [...aptOptions(), ...ownLists(lists)];
    // A failed update is ignored, because one unavailable third-party source is enough to fail it. What counts is
    // whether the download below succeeds.
    await runCommand('apt-get', [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
    await fetchAll(own);
  });
}
