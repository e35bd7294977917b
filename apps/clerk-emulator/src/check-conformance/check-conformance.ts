import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectShapes } from './collect-shapes';
import { keyPaths } from './key-paths';

/** How one shape compares with Clerk's. */
export interface ConformanceRow {
  readonly shape: string;
  readonly keys: number;
  /** Keys of Clerk's that the emulator does not emit. */
  readonly missing: readonly string[];
  /** Keys that the emulator emits and Clerk does not. */
  readonly extra: readonly string[];
}

/** Keys that a fixture has and the emulator knowingly has not: there are no organizations. */
const KNOWN_TO_LACK: Readonly<Record<string, RegExp>> = { 'jwt.session-v1': /^payload\.org_/ };

/** Compares every shape that the emulator emits with the recorded payload in the folder, one row for each payload. */
export async function checkConformance(folder: string): Promise<ConformanceRow[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const shapes = await collectShapes(read('svix.vector') as Record<string, string>);
  return names.map((shape) => {
    const theirs = keyPaths(read(shape)).filter((path) => !KNOWN_TO_LACK[shape]?.test(path));
    const ours = keyPaths(shapes.get(shape));
    return {
      shape,
      keys: theirs.length,
      missing: theirs.filter((path) => !ours.includes(path)),
      extra: ours.filter((path) => !theirs.includes(path)),
    };
  });
}

/** The rows as a table of text, differences named below. */
export function conformanceTable(rows: readonly ConformanceRow[]): string {
  const width = Math.max(...rows.map(({ shape }) => shape.length));
  const line = ({ shape, keys, missing, extra }: ConformanceRow): string[] => [
    `${shape.padEnd(width)}  ${String(keys).padStart(4)} keys  ${missing.length + extra.length === 0 ? 'same' : 'DIFFERS'}`,
    ...missing.map((path) => `${' '.repeat(width)}  missing ${path}`),
    ...extra.map((path) => `${' '.repeat(width)}  extra   ${path}`),
  ];
  return rows.flatMap(line).join('\n');
}

/** True when no shape differs. */
export function conforms(rows: readonly ConformanceRow[]): boolean {
  return rows.every(({ missing, extra }) => missing.length + extra.length === 0);
}
