import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectShapes } from './collect-shapes';
import { keyPaths } from './key-paths';

/** Differences in keys between a payload of the emulator and Clerk's payload of the same name. */
interface ConformanceRow {
  readonly shape: string;
  readonly keys: number;
  /** Clerk's keys that the emulator does not emit. */
  readonly missing: readonly string[];
  /** Keys that only the emulator emits. */
  readonly extra: readonly string[];
}

/** By fixture name: pattern of the key paths that the emulator omits on purpose, because it has no organizations. */
const KNOWN_TO_LACK: Readonly<Record<string, RegExp>> = { 'jwt.session-v1': /^payload\.org_/ };

/** Compares the keys of each recorded Clerk payload in `folder` with the emulator's payload of the same name. */
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

/** The rows as a text table, each followed by its differences. */
export function conformanceTable(rows: readonly ConformanceRow[]): string {
  const width = Math.max(...rows.map(({ shape }) => shape.length));
  const line = ({ shape, keys, missing, extra }: ConformanceRow): string[] => [
    `${shape.padEnd(width)}  ${String(keys).padStart(4)} keys  ${missing.length + extra.length === 0 ? 'same' : 'DIFFERS'}`,
    ...missing.map((path) => `${' '.repeat(width)}  missing ${path}`),
    ...extra.map((path) => `${' '.repeat(width)}  extra   ${path}`),
  ];
  return rows.flatMap(line).join('\n');
}

/** True when every payload of the emulator has the same keys as Clerk's. */
export function conforms(rows: readonly ConformanceRow[]): boolean {
  return rows.every(({ missing, extra }) => missing.length + extra.length === 0);
}
