import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptOptions, CommandFailedError, makeDirectory, ownLists, runCommand } from '@gatehouse/local-stack';

/** A redis-server program, and the variables to add to its environment. */
export interface RedisProgram {
  path: string;
  env: Record<string, string>;
}

/** Where to unpack redis-server. */
export interface RedisUnpack {
  /** Folder for the unpacked packages. */
  directory: string;
  /** Holds our own package lists when the system's are not usable. */
  aptDirectory: string;
}

const program = 'usr/bin/redis-server';

/**
 * Unpacks redis-server, and the libraries that it needs and this system lacks, without installing them and without root.
 * apt checks the signature of each package.
 * @throws CommandFailedError
 */
export async function unpackDebianRedis({ directory, aptDirectory }: RedisUnpack): Promise<RedisProgram> {
  const parent = dirname(directory);
  makeDirectory(parent);
  const work = mkdtempSync(join(parent, 'unpack-redis-'));
  const lists = `${aptDirectory}-redis-${process.pid}`;
  try {
    await download(work, lists);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await runCommand('dpkg', ['-x', file, 'unpacked'], { cwd: work, timeoutMs: 60_000 });
    }
    const unpacked = join(work, 'unpacked');
    if (!existsSync(join(unpacked, program)))
      throw new CommandFailedError('the Debian packages contain no redis-server');
    // Another process may have unpacked it meanwhile.
    if (!unpackedRedis(directory)) renameSync(unpacked, directory);
  } finally {
    for (const folder of [work, lists]) rmSync(folder, { recursive: true, force: true });
  }
  const found = unpackedRedis(directory);
  if (!found) throw new CommandFailedError('the unpacked redis-server is missing');
  return found;
}

/** The redis-server that {@link unpackDebianRedis} has unpacked into a folder; undefined when there is none. */
export function unpackedRedis(directory: string): RedisProgram | undefined {
  const path = join(directory, program);
  if (!existsSync(path)) return undefined;
  const libraries = ['lib', 'usr/lib'].flatMap((folder) => {
    const parent = join(directory, folder);
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
  return { path, env: { LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') } };
}

/** Downloads with the package lists of the system, otherwise with lists fetched for this purpose. */
async function download(work: string, lists: string): Promise<void> {
  const fetchAll = async (apt: string[]): Promise<void> => {
    const simulate = [...apt, 'install', '--simulate', '--no-install-recommends', 'redis-server'];
    const plan = await runCommand('apt-get', simulate, { cwd: work, timeoutMs: 60_000 });
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    // The packages are installed although the program was not found: they alone are enough.
    const packages = missing.length > 0 ? missing : ['redis-server', 'redis-tools'];
    await runCommand('apt-get', [...apt, 'download', ...packages], { cwd: work, timeoutMs: 120_000 });
  };
  await fetchAll(aptOptions()).catch(async () => {
    const own = [...aptOptions(), ...ownLists(lists)];
    // It also fails when one third-party source is unavailable. The download below decides.
    await runCommand('apt-get', [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
    await fetchAll(own);
  });
}
