import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';

const root = join(__dirname, '../..');

/**
 * Packs a library and installs the tarball into a folder, with one dependency of the workspace. Returns the files of the
 * installed package.
 * @param tool file in tools/, which also checks the tarball
 */
export async function unpackLibrary(
  folder: string,
  { name, tool, dependency }: { readonly name: string; readonly tool: string; readonly dependency: string },
  timeoutMs: number,
): Promise<readonly string[]> {
  await runCommand(process.execPath, [join(root, 'tools', tool), folder], { cwd: folder, timeoutMs });
  const [tarball = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const installed = join(folder, 'node_modules', name);
  const linked = join(folder, 'node_modules', dependency);
  for (const path of [installed, dirname(linked)]) mkdirSync(path, { recursive: true });
  await runCommand('tar', ['xzf', join(folder, tarball), '-C', installed, '--strip-components=1'], { timeoutMs });
  symlinkSync(join(root, 'node_modules', dependency), linked, 'dir');
  return readdirSync(installed, { recursive: true, encoding: 'utf8' });
}
