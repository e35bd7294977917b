import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';

const root = join(__dirname, '../..');

/**
 * Packs a library, which also checks the tarball, and installs it into a folder, with packages of the workspace. Returns
 * the files of the installed package.
 * @param library folder in libs/
 */
export async function unpackLibrary(
  folder: string,
  { library, packages }: { readonly library: string; readonly packages: readonly string[] },
  timeoutMs: number,
): Promise<readonly string[]> {
  const tarballs = join(folder, 'tarballs', library);
  await runCommand(process.execPath, [join(root, 'tools/pack.mjs'), library, tarballs], { cwd: folder, timeoutMs });
  const [tarball = ''] = readdirSync(tarballs);
  const installed = join(folder, 'node_modules/@gatehouse', library);
  mkdirSync(installed, { recursive: true });
  await runCommand('tar', ['xzf', join(tarballs, tarball), '-C', installed, '--strip-components=1'], { timeoutMs });
  for (const name of packages) linkPackage(folder, name);
  return readdirSync(installed, { recursive: true, encoding: 'utf8' });
}

/** Makes a package of the workspace available in a folder. */
export function linkPackage(folder: string, name: string): void {
  const linked = join(folder, 'node_modules', name);
  mkdirSync(dirname(linked), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), linked, 'dir');
}
