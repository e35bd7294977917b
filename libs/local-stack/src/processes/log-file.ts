import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from './make-directory';

const rotateAboveBytes = 20 * 1024 * 1024;

/** Opens a log for appending, with mode 0600. First renames a log of more than 20 MiB to `<file>.1`. */
export function openLogFile(file: string): number {
  makeDirectory(dirname(file));
  if (existsSync(file) && statSync(file).size > rotateAboveBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/**
 * Returns the last `count` non-empty lines of a file after byte `from`, oldest first. Reads at most 64 KiB. Empty when
 * the file is not readable.
 */
export function lastLines(file: string, count: number, from = 0): string[] {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const start = Math.max(from, size - 64 * 1024);
      const buffer = Buffer.alloc(Math.max(0, size - start));
      readSync(descriptor, buffer, 0, buffer.length, start);
      return buffer
        .toString('utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-count);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return [];
  }
}
