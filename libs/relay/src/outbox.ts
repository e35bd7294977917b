import { type DataSource } from 'typeorm';
import { type SettledRow } from './is-ahead-of';
import { rowsOf } from './rows-of';

/** A row that waits to be published. */
export interface OutboxRow {
  readonly key: string;
  readonly version: number;
  readonly changed: readonly string[];
  readonly enqueuedAt: Date;
}

/**
 * Rows to publish, and the epoch in which they must be published. It is undefined before the first epoch, and until the
 * marker of an epoch is on the stream: what is published before the marker is purged at the end of the epoch.
 */
export interface OutboxBatch {
  readonly epoch: number | undefined;
  /** The highest acknowledged sequence of the epoch that a replica has recorded. */
  readonly acknowledged: number;
  readonly rows: readonly OutboxRow[];
}

interface BatchRow {
  readonly epoch: string;
  readonly acked_sequence: string;
  readonly key: string | null;
  readonly version: string;
  readonly changed: string[];
  readonly enqueued_at: Date;
}

/** The outbox of one stream: one table or several. */
export class Outbox {
  /** SQL: the rows of all tables. */
  private readonly rows: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly stream: string,
    private readonly tables: readonly string[] = ['stream_outbox'],
  ) {
    this.rows = tables.map((table) => `SELECT key, version, changed, enqueued_at FROM ${table}`).join(' UNION ALL ');
  }

  /** The first rows after `after`, in order of their keys; from the beginning with an empty `after`. */
  async read(after: string, limit: number): Promise<OutboxBatch> {
    const found = await rowsOf<BatchRow>(
      this.dataSource.manager,
      `SELECT e.epoch, e.acked_sequence, o.key, o.version, o.changed, o.enqueued_at
         FROM (SELECT epoch, acked_sequence FROM stream_epochs WHERE stream = $1 AND epoch > 0 AND state <> 'marking') AS e
         LEFT JOIN LATERAL (
           SELECT * FROM (${this.rows}) AS a WHERE key > $2 ORDER BY key LIMIT $3) AS o ON true`,
      [this.stream, after, limit],
    );
    const rows = found.flatMap(({ key, version, changed, enqueued_at: enqueuedAt }) =>
      key === null ? [] : [{ key, version: Number(version), changed, enqueuedAt }],
    );
    const [first] = found;
    return { epoch: first && Number(first.epoch), acknowledged: Number(first?.acked_sequence ?? 0), rows };
  }

  /**
   * Deletes rows whose version is settled, and records the highest acknowledged sequence. Does neither when another
   * epoch has begun: the rows are then published again. Skips rows that a transaction is changing, because they have a
   * new version. Keeps rows whose version is lower than the one that was read: the database was replaced by an older one
   * meanwhile, and the next batch shows that the stream is ahead.
   */
  async settle(epoch: number, read: readonly OutboxRow[], settled: readonly SettledRow[]): Promise<void> {
    const versionRead = new Map(read.map(({ key, version }) => [key, version]));
    const acknowledged = Math.max(...settled.map(({ sequence }) => sequence));
    await rowsOf(
      this.dataSource.manager,
      `WITH current AS (
         UPDATE stream_epochs SET acked_sequence = greatest(acked_sequence, $3)
          WHERE stream = $1 AND epoch = $2 RETURNING 1
       )${this.tables.map(deletionFrom).join('')}
       SELECT FROM current`,
      [
        ...[this.stream, epoch, acknowledged],
        settled.map(({ key }) => key),
        settled.map(({ key }) => versionRead.get(key)),
        settled.map(({ version }) => version),
      ],
    );
  }

  /** Number of waiting rows, and the age of the oldest in seconds. */
  async measure(): Promise<{ readonly rows: number; readonly oldestSeconds: number }> {
    const [row] = await rowsOf<{ rows: number; oldest: number }>(
      this.dataSource.manager,
      `SELECT count(*)::int AS rows,
              greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(enqueued_at)), 0))::float8 AS oldest
         FROM (${this.rows}) AS waiting`,
      [],
    );
    return { rows: row?.rows ?? 0, oldestSeconds: row?.oldest ?? 0 };
  }
}

function deletionFrom(table: string, index: number): string {
  return `, gone_${index} AS (
         DELETE FROM ${table} WHERE key IN (
           SELECT o.key FROM ${table} AS o
             JOIN unnest($4::text[], $5::bigint[], $6::bigint[]) AS s(key, read, settled) ON s.key = o.key
            WHERE o.key = ANY($4::text[]) AND o.version BETWEEN s.read AND s.settled AND EXISTS (SELECT FROM current)
              FOR UPDATE OF o SKIP LOCKED)
       )`;
}
