import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export { keyPaths } from '../src/check-conformance/key-paths';

/** Reads one of Clerk's recorded payloads. */
export function fixture(name: string): Record<string, unknown> {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'clerk', `${name}.json`), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}
