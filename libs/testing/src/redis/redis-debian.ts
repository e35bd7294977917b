import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '@gatehouse/local-stack';
import { unpackDebianPackages, unpackedLibraries } from '../debian-packages';

/** A redis-server program, and the variables to add to its environment. */
export interface RedisProgram {
  path: string;
  env: Record<string, string>;
}

const program = 'usr/bin/redis-server';

/**
 * Unpacks redis-server, and the libraries that it needs and this system lacks, into a folder.
 * @param aptDirectory folder for package lists of our own, used when the lists of the system are not usable
 * @throws CommandFailedError
 */
export async function unpackDebianRedis(directory: string, aptDirectory: string): Promise<RedisProgram> {
  const installedPackages = ['redis-server', 'redis-tools'];
  await unpackDebianPackages({ packageName: 'redis-server', installedPackages, program, directory, aptDirectory });
  const found = unpackedRedis(directory);
  if (!found) throw new CommandFailedError('the unpacked redis-server is missing');
  return found;
}

/** The redis-server that {@link unpackDebianRedis} has unpacked into a folder; undefined when there is none. */
export function unpackedRedis(directory: string): RedisProgram | undefined {
  const path = join(directory, program);
  if (!existsSync(path)) return undefined;
  return { path, env: unpackedLibraries(directory) };
}
