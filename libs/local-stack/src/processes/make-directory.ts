import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. `mkdirSync` with `recursive` never returns where the file system reports
 * ENOENT for a folder whose parent exists, as /proc does.
 * @throws NodeJS.ErrnoException of the system
 */
export function makeDirectory(path: string, mode = 0o700): void {
  if (made(path, mode) === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path), mode);
  const refusal = made(path, mode);
  if (refusal !== true) throw refusal;
}

/** True when the folder is there now; the error when a parent seems to be missing. */
function made(path: string, mode: number): true | Error {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return true;
    if (code === 'ENOENT') return error as Error;
    throw error;
  }
}
