import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeDirectory } from '@gatehouse/local-stack';
import { PackError } from './errors';

const LIMIT_MS = 60_000;

/**
 * Makes a tarball of a folder that is a package.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export function npmPack(folder: string, destination: string): string {
  makeDirectory(destination, 0o755);
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination];
  const { stdout, stderr, status, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new PackError(`npm could not pack ${folder}: ${error?.message ?? stderr.trim()}`);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new PackError('npm packed nothing.');
  return join(destination, packed.filename.replace('@', '').replace('/', '-'));
}
