import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes the file in one step, and its missing folders: a crash leaves either the old or the new content. Only the owner
 * can read the file, because the state file holds private keys.
 */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  await makeFolder(dirname(path));
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * Creates a folder and its missing parents one by one. `mkdir` with `recursive` never settles when a parent forbids new
 * folders, as /proc does.
 */
async function makeFolder(path: string): Promise<void> {
  if ((await made(path)) === true) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  const refusal = await made(path);
  if (refusal !== true) throw refusal;
}

/**
 * Makes one folder, but not its parents.
 * @returns true when the folder exists now. Returns the error for ENOENT: its parent is missing, or forbids new folders
 *   as /proc does.
 * @throws every other error of `mkdir` and `stat`
 */
async function made(path: string): Promise<true | Error> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return true;
    if (code === 'ENOENT') return error as Error;
    throw error;
  }
}
