import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One of Clerk's recorded payloads. */
export function fixture(name: string): Record<string, unknown> {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'clerk', `${name}.json`), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

/** The paths of all keys, `a.b[].c`; what is inside metadata is the user's own and does not count. */
export function keyPaths(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => keyPaths(item, `${prefix}[]`)))].sort();
  if (typeof value !== 'object' || value === null || prefix.endsWith('metadata')) return [];
  return Object.entries(value)
    .flatMap(([key, child]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      return [path, ...keyPaths(child, path)];
    })
    .sort();
}
