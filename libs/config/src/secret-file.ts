import { type Stats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** The value in a secret file, or why the file has none. Neither contains the path. */
export type SecretContent = { readonly value: string } | { readonly problem: string };

const MAX_SECRET_BYTES = 64 * 1024;
// Opening a named pipe without O_NONBLOCK waits for a writer.
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a secret file. Removes one line break at the end, which editors and `echo` add. */
export async function readSecretFile(path: string, maxBytes = MAX_SECRET_BYTES): Promise<SecretContent> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, READ_ONLY);
    const problem = unfit(await file.stat());
    if (problem !== undefined) return { problem };
    const buffer = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return contentOf(buffer.subarray(0, bytesRead), maxBytes);
  } catch (error) {
    return { problem: unreadable(error) };
  } finally {
    await file?.close().catch(() => undefined);
  }
}

/** Like {@link readSecretFile}, but synchronous: for the start of a program. */
export function readSecretFileSync(path: string, maxBytes = MAX_SECRET_BYTES): SecretContent {
  let file: number | undefined;
  try {
    file = openSync(path, READ_ONLY);
    const problem = unfit(fstatSync(file));
    if (problem !== undefined) return { problem };
    const buffer = Buffer.alloc(maxBytes + 1);
    return contentOf(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)), maxBytes);
  } catch (error) {
    return { problem: unreadable(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function unfit(stats: Stats): string | undefined {
  return stats.isFile() ? undefined : 'does not name a regular file';
}

function contentOf(bytes: Buffer, maxBytes: number): SecretContent {
  if (bytes.length > maxBytes) return { problem: `names a file of more than ${maxBytes / 1024} KiB` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'names a file that is not text in UTF-8' };
  }
  const value = text.replace(/\r?\n$/, '');
  return value === '' ? { problem: 'names an empty file' } : { value };
}

/** The problem shows the error's code alone: its message repeats the path, which may be a secret set by mistake. */
function unreadable(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return `does not name a readable file (${code})`;
}
