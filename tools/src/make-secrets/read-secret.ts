import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretInvalidError } from './errors';

/** The content of a file of the secrets directory. @throws SecretInvalidError */
export function readSecret(directory: string, file: string): string {
  try {
    return readFileSync(join(directory, file), 'utf8');
  } catch (cause) {
    throw new SecretInvalidError(file, `cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
