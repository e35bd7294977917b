import { type DataSource } from 'typeorm';
import { LeaseLostError } from './errors';
import { rowsOf } from './rows-of';

/*
 * States of an epoch:
 *
 *   due       a new epoch must begin. Nothing is written yet.
 *   marking   the epoch has begun: messages below `purgeBelow` are removed, then its marker `rebuilding` is published.
 *   filling   every row is published, page by page.
 *   purging   the marker `complete` is published; messages below the first marker are removed.
 *   complete  the stream holds every row of this epoch.
 *
 * due → marking → filling → purging → complete. Every state → marking under a higher epoch, when the stream was lost or
 * a refill is due. Every state → due, when somebody requests a new epoch. Each step can be repeated, so that another
 * process can continue after a crash.
 */
export type EpochState = 'due' | 'marking' | 'filling' | 'purging' | 'complete';

/**
 * Why an epoch began. `first`: the stream was never written. `lost`: the stream is another one, or it was purged.
 * `went_back`: it lost messages that it had acknowledged. `foreign`: its marker is of another database.
 * `restored_database`: the database is older than the stream. `refill`: replaced messages must leave the disk.
 */
export type EpochReason = 'first' | 'lost' | 'went_back' | 'foreign' | 'restored_database' | 'refill';

/** What the database has recorded about the current epoch of a stream. */
export interface Epoch {
  readonly epoch: number;
  readonly state: EpochState;
  readonly reason: EpochReason;
  /** The epoch that began when the database was last restored or replaced; 0 if it never was. */
  readonly generation: number;
  readonly streamCreatedAt: Date | null;
  readonly ackedSequence: number;
  readonly purgeBelow: number;
  readonly markerSequence: number | null;
  readonly nextPage: string | null;
  readonly rows: number;
  /** Time since the epoch was complete, in milliseconds; null while it is not. */
  readonly ageMs: number | null;
}

interface EpochRow {
  readonly epoch: string;
  readonly state: EpochState;
  readonly reason: EpochReason;
  readonly generation: string;
  readonly stream_created_at: Date | null;
  readonly acked_sequence: string;
  readonly purge_below: string;
  readonly marker_sequence: string | null;
  readonly next_page: string | null;
  readonly rows: string;
  readonly age_ms: number | null;
}

const COLUMNS = `epoch, state, reason, generation, stream_created_at, acked_sequence, purge_below, marker_sequence, next_page,
  rows, (extract(epoch FROM clock_timestamp() - completed_at) * 1000)::float8 AS age_ms`;

/** $7: the lowest number that the epoch may have. */
const NEXT_EPOCH = `greatest(epoch + 1, $7, (extract(epoch FROM statement_timestamp()) * 1000)::bigint)`;

/** The record of a stream's epochs in the database. One process at a time writes an epoch, under a lease. */
export class EpochRecord {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stream: string,
    private readonly holder: string,
    /** Time after which another process may continue an epoch whose writer is silent. Each step extends it. */
    private readonly leaseMs: number,
  ) {}

  /** The current epoch. */
  async read(): Promise<Epoch> {
    const read = `SELECT ${COLUMNS} FROM stream_epochs WHERE stream = $1`;
    const [row] = await this.rows(read, []);
    if (row !== undefined) return epochOf(row);
    const insert = `WITH made AS (
        INSERT INTO stream_epochs (stream, state, reason) VALUES ($1, 'due', 'first') ON CONFLICT DO NOTHING)
      SELECT`;
    await this.rows(insert, []);
    return this.read();
  }

  /** Takes the lease. Returns the epoch as it is now; undefined while another process holds the lease. */
  async lease(): Promise<Epoch | undefined> {
    const [row] = await this.update(
      `leased_by = $2, ${this.leaseEnd}`,
      'leased_by IS NULL OR leased_by = $2 OR leased_until < clock_timestamp()',
      [],
    );
    return row && epochOf(row);
  }

  /** Ends the lease of this process, if it has it. */
  async release(): Promise<void> {
    await this.update('leased_by = NULL, leased_until = NULL', 'leased_by = $2', []);
  }

  /**
   * Begins an epoch.
   * @param foreign epoch of the stream's marker, if it is of another database; the new epoch is higher
   * @throws LeaseLostError
   */
  begin(start: {
    readonly reason: EpochReason;
    readonly streamCreatedAt: Date;
    readonly purgeBelow: number;
    readonly lastSequence: number;
    readonly foreign: number;
  }): Promise<Epoch> {
    return this.step(
      `epoch = ${NEXT_EPOCH}, state = 'marking', reason = $3,
       generation = CASE WHEN $3 IN ('restored_database', 'foreign') THEN ${NEXT_EPOCH} ELSE generation END,
       stream_created_at = $4, purge_below = $5, acked_sequence = $6, marker_sequence = NULL,
       next_page = NULL, rows = 0, completed_at = NULL`,
      'true',
      [start.reason, start.streamCreatedAt, start.purgeBelow, start.lastSequence, start.foreign + 1],
    );
  }

  /** Records the marker of the epoch. @throws LeaseLostError */
  marked(epoch: number, sequence: number): Promise<Epoch> {
    return this.step(
      `state = 'filling', marker_sequence = $4, acked_sequence = greatest(acked_sequence, $4)`,
      `epoch = $3 AND state = 'marking'`,
      [epoch, sequence],
    );
  }

  /** Records a page of rows. @throws LeaseLostError */
  filled(epoch: number, page: { readonly next: string | undefined; readonly rows: number; readonly acked: number }) {
    return this.step(
      `next_page = $4, rows = CASE WHEN next_page IS NULL THEN 0 ELSE rows END + $5, acked_sequence = greatest(acked_sequence, $6)`,
      `epoch = $3 AND state = 'filling'`,
      [epoch, page.next ?? null, page.rows, page.acked],
    );
  }

  /** Records that every row and the marker `complete` are published. @throws LeaseLostError */
  written(epoch: number, sequence: number): Promise<Epoch> {
    return this.step(
      `state = 'purging', acked_sequence = greatest(acked_sequence, $4)`,
      `epoch = $3 AND state = 'filling'`,
      [epoch, sequence],
    );
  }

  /** Records that the epoch is complete. @throws LeaseLostError */
  completed(epoch: number): Promise<Epoch> {
    return this.step(`state = 'complete', completed_at = clock_timestamp()`, `epoch = $3 AND state = 'purging'`, [
      epoch,
    ]);
  }

  /**
   * Requests a new epoch, unless another one than `epoch` has begun. One that was requested because the database was
   * restored is not requested for less: versions may be lower in it.
   */
  async request(epoch: number, reason: EpochReason): Promise<void> {
    await this.rows(
      `WITH changed AS (
         UPDATE stream_epochs SET state = 'due', reason = $3
           WHERE stream = $1 AND epoch = $2 AND NOT (state = 'due' AND reason = 'restored_database') RETURNING 1)
       SELECT FROM changed`,
      [epoch, reason],
    );
  }

  private async step(assignments: string, condition: string, values: readonly unknown[]): Promise<Epoch> {
    const [row] = await this.update(`${assignments}, ${this.leaseEnd}`, `leased_by = $2 AND ${condition}`, values);
    if (row === undefined) throw new LeaseLostError(this.stream);
    return epochOf(row);
  }

  private get leaseEnd(): string {
    return `leased_until = clock_timestamp() + interval '${Math.round(this.leaseMs)} milliseconds'`;
  }

  private update(assignments: string, condition: string, values: readonly unknown[]): Promise<EpochRow[]> {
    return this.rows(
      `WITH changed AS (
         UPDATE stream_epochs SET ${assignments} WHERE stream = $1 AND (${condition}) RETURNING *)
       SELECT ${COLUMNS} FROM changed`,
      [this.holder, ...values],
    );
  }

  private rows(text: string, values: readonly unknown[]): Promise<EpochRow[]> {
    return rowsOf<EpochRow>(this.dataSource.manager, text, [this.stream, ...values]);
  }
}

function epochOf(row: EpochRow): Epoch {
  return {
    epoch: Number(row.epoch),
    state: row.state,
    reason: row.reason,
    generation: Number(row.generation),
    streamCreatedAt: row.stream_created_at,
    ackedSequence: Number(row.acked_sequence),
    purgeBelow: Number(row.purge_below),
    markerSequence: row.marker_sequence === null ? null : Number(row.marker_sequence),
    nextPage: row.next_page,
    rows: Number(row.rows),
    ageMs: row.age_ms,
  };
}
