import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectShapes } from './collect-shapes';
import { keyPaths } from './key-paths';

/**
 * Differences in keys between one of Clerk's recorded payloads (a fixture) and the emulator's payload for that fixture.
 */
interface ConformanceRow {
  /** Name of the fixture, such as `bapi.user`. */
  readonly shape: string;
  /** Number of keys in Clerk's payload, without the keys that {@link KNOWN_TO_LACK} matches. */
  readonly keys: number;
  /** Clerk's keys that the emulator does not emit, without the keys that {@link KNOWN_TO_LACK} matches. */
  readonly missing: readonly string[];
  /** Keys that only the emulator emits. */
  readonly extra: readonly string[];
}

/** By fixture name: pattern of the key paths that the emulator omits on purpose, because it has no organizations. */
const KNOWN_TO_LACK: Readonly<Record<string, RegExp>> = { 'jwt.session-v1': /^payload\.org_/ };

/** Compares each fixture in `folder`, a payload recorded from Clerk, with the emulator's payload for that fixture. */
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

/** A text table: one line for each row, followed by the row's missing and extra keys. */
export function conformanceTable(rows: readonly ConformanceRow[]): string {
  const width = Math.max(...rows.map(({ shape }) => shape.length));
  const line = ({ shape, keys, missing, extra }: ConformanceRow): string[] => [
    `${shape.padEnd(width)}  ${String(keys).padStart(4)} keys  ${missing.length + extra.length === 0 ? 'same' : 'DIFFERS'}`,
    ...missing.map((path) => `${' '.repeat(width)}  missing ${path}`),
    ...extra.map((path) => `${' '.repeat(width)}  extra   ${path}`),
  ];
  return rows.flatMap(line).join('\n');
}

/** True when no row has a missing or extra key. The omissions of {@link KNOWN_TO_LACK} do not count as missing. */
export function conforms(rows: readonly ConformanceRow[]): boolean {
  return rows.every(({ missing, extra }) => missing.length + extra.length === 0);
}
