import { collectFrontendShapes } from './collect-frontend-shapes';
import { frontendSchemas } from './frontend-schemas';
import { keyPaths } from './key-paths';

/** Faults of one answer of the emulator's Frontend API. */
interface FrontendRow {
  /** Request of the answer, such as `GET /v1/client`. */
  readonly shape: string;
  /** Number of keys in the answer. */
  readonly keys: number;
  /** Where the answer differs from Clerk's schema. */
  readonly faults: readonly string[];
}

/** Compares answers of the emulator's Frontend API with the schemas that Clerk publishes. @param file the schemas */
export async function checkFrontendApi(file: string): Promise<FrontendRow[]> {
  const check = frontendSchemas(file);
  const shapes = await collectFrontendShapes();
  return shapes.map(({ shape, schema, body }) => ({ shape, keys: keyPaths(body).length, faults: check(schema, body) }));
}

/** A text table: one line for each row, followed by its faults. */
export function frontendTable(rows: readonly FrontendRow[]): string {
  const width = Math.max(...rows.map(({ shape }) => shape.length));
  const line = ({ shape, keys, faults }: FrontendRow): string[] => [
    `${shape.padEnd(width)}  ${String(keys).padStart(4)} keys  ${faults.length === 0 ? 'fits' : 'DIFFERS'}`,
    ...faults.map((fault) => `${' '.repeat(width)}  ${fault}`),
  ];
  return rows.flatMap(line).join('\n');
}
