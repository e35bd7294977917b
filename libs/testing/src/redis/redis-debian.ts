import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptOptions, CommandFailedError, makeDirectory, ownLists, runCommand } from '@gatehouse/local-stack';

/** A redis-server to start, with the variables that it needs besides ours. */
export interface RedisProgram {
  path: string;
  env: Record<string, string>;
}

/** Where redis-server is unpacked. */
export interface RedisUnpack {
  /** Holds the unpacked tree afterwards. */
  directory: string;
  /** Holds our own package lists when the system's are not usable. */
  aptDirectory: string;
}

const program = 'usr/bin/redis-server';

/**
 * Takes redis-server, and the libraries it needs and this system lacks, out of the distribution without installing them:
 * apt checks each package against the distribution's signature, dpkg unpacks it. Needs no root.
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
    if (!existsSync(join(unpacked, program))) throw new CommandFailedError('the Debian packages hold no redis-server');
    // Another process may have been faster; its tree serves as well.
    if (!unpackedRedis(directory)) renameSync(unpacked, directory);
  } finally {
    for (const folder of [work, lists]) rmSync(folder, { recursive: true, force: true });
  }
  const found = unpackedRedis(directory);
  if (!found) throw new CommandFailedError('the unpacked redis-server cannot be found again');
  return found;
}

/** The redis-server of a tree that {@link unpackDebianRedis} made; undefined when there is none. */
export function unpackedRedis(directory: string): RedisProgram | undefined {
  const path = join(directory, program);
  if (!existsSync(path)) return undefined;
  const libraries = ['lib', 'usr/lib'].flatMap((folder) => {
    const parent = join(directory, folder);
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
  return { path, env: { LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') } };
}

/** With the system's package lists, else with lists fetched for this once. */
async function download(work: string, lists: string): Promise<void> {
  const fetchAll = async (apt: string[]): Promise<void> => {
    const simulate = [...apt, 'install', '--simulate', '--no-install-recommends', 'redis-server'];
    const plan = await runCommand('apt-get', simulate, { cwd: work, timeoutMs: 60_000 });
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    // Installed, and yet its program was not found: the packages alone will do.
    const packages = missing.length > 0 ? missing : ['redis-server', 'redis-tools'];
    await runCommand('apt-get', [...apt, 'download', ...packages], { cwd: work, timeoutMs: 120_000 });
  };
  await fetchAll(aptOptions()).catch(async () => {
    const own = [...aptOptions(), ...ownLists(lists)];
    // It also fails when a third party's source is away; whether the packages can be had is what counts.
    await runCommand('apt-get', [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
    await fetchAll(own);
  });
}
