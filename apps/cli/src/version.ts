import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the package that this file is a part of. */
export function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const { version: found } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
      if (found !== undefined) return found;
    } catch {
      // Another folder above has it.
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}
