import { type DataSource } from 'typeorm';
import { type StreamSource } from './stream-source';

/** A row of which the stream holds `version` at `sequence`, so that the outbox needs no earlier version. */
export interface SettledRow {
  readonly key: string;
  readonly kind: 'published' | 'superseded';
  readonly version: number;
  readonly sequence: number;
}

/**
 * Whether the stream holds a version of a row that the database does not have. A version is committed before it is
 * published, so the database was restored, or a failover lost commits.
 */
export async function isAheadOf(
  source: StreamSource,
  dataSource: DataSource,
  settled: readonly SettledRow[],
): Promise<boolean> {
  const newer = new Map(
    settled.filter(({ kind }) => kind === 'superseded').map(({ key, version }) => [key, version] as const),
  );
  if (newer.size === 0) return false;
  const rows = await source.load(dataSource.manager, [...newer.keys()]);
  return rows.some(({ key, version }) => version < (newer.get(key) ?? 0));
}
