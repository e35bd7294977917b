import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. `mkdirSync` with `recursive` would never return in a file system like /proc,
 * which reports ENOENT although the parent exists.
 * @throws NodeJS.ErrnoException
 */
export function makeDirectory(path: string, mode = 0o700): void {
  if (made(path, mode) === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path), mode);
  const refusal = made(path, mode);
  if (refusal !== true) throw refusal;
}

/** Returns true when the folder exists afterwards. Returns the error when a parent is missing; throws other errors. */
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
