import { DiskFullError, FolderNotWritableError, PathTooLongError } from '../errors';
import { isLocalServerError, type LocalServerError } from '../local-server-error';

/**
 * Searches the output of a server for a cause that a person can fix: a full disk or an unwritable folder. Returns the
 * error for that cause; undefined when there is none.
 */
export function explainOutput(output: string, what: string): LocalServerError | undefined {
  if (/no space left on device|disk quota exceeded|could not extend file|wrote only \d+ of/i.test(output))
    return new DiskFullError(what);
  const denied = /(?:could not (?:create|open|access|write)[^"\n]*"([^"]+)"|open ([^\s:]+)): permission denied/i.exec(
    output,
  );
  return denied ? new FolderNotWritableError(denied[1] ?? denied[2] ?? what) : undefined;
}

const unwritable = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST', 'ELOOP']);

/**
 * Converts an operating system error on a file into an error that tells a person what to do. Returns any other error
 * unchanged.
 */
export function explainFileError(error: unknown, what: string): unknown {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (isLocalServerError(error)) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new DiskFullError(what, { cause: error });
  if (code === 'ENAMETOOLONG') return new PathTooLongError(path ?? what, { cause: error });
  if (code !== undefined && (unwritable.has(code) || (code === 'ENOENT' && syscall === 'mkdir'))) {
    return new FolderNotWritableError(path ?? what, { cause: error });
  }
  return error;
}
