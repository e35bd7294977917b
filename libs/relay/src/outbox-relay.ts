import { NatsDisconnectedError, PublishRefusedError, StreamWentBackError } from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';
import { type EpochRecord } from './epoch-record';
import { type SettledRow, isAheadOf } from './is-ahead-of';
import { type Outbox } from './outbox';
import { type RelayMetrics } from './relay-metrics';
import { type Occasion, type RowPublisher } from './row-publisher';
import { type StreamRow, type StreamSource } from './stream-source';

/** Rows per batch. All rows of a batch are published at the same time. */
const BATCH = 200;

/** What an {@link OutboxRelay} needs. */
export interface OutboxRelayParts {
  readonly source: StreamSource;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly record: EpochRecord;
  readonly publisher: RowPublisher;
  readonly metrics: RelayMetrics;
}

/** Publishes the current state of each row in the outbox. */
export class OutboxRelay {
  /** Key of the last row of the last batch; empty at the beginning of the outbox. */
  private after = '';
  private epoch: number | undefined;

  constructor(private readonly parts: OutboxRelayParts) {}

  /**
   * Relays one batch. Returns whether more rows may wait. A row that fails stays in the outbox, and the others are
   * settled.
   * @throws StreamWentBackError, PublishRefusedError, PublishUnacknowledgedError, JetStreamUnavailableError,
   * NatsDisconnectedError, or an error of the database
   */
  async relayBatch(): Promise<boolean> {
    const { outbox, record, source, dataSource, publisher } = this.parts;
    const { epoch, acknowledged, rows } = await outbox.read(this.after, BATCH);
    if (epoch === undefined) return false;
    if (epoch === this.epoch) publisher.acknowledged(acknowledged);
    else publisher.startOver(acknowledged);
    this.epoch = epoch;
    const isLast = rows.length < BATCH;
    const began = this.after === '';
    // With a backlog, each replica goes on at a random key, so that they seldom publish the same rows.
    this.after = isLast ? '' : began ? randomKey() : (rows.at(-1)?.key ?? '');
    if (rows.length === 0) return !began;
    failpoint('after-stream-outbox-read');
    const at = new Date();
    const current = new Map(
      (
        await source.load(
          dataSource.manager,
          rows.map(({ key }) => key),
        )
      ).map((row) => [row.key, row] as const),
    );
    const results = await Promise.allSettled(
      rows.map((row) => {
        const stored = current.get(row.key) ?? source.removed(row.key, row.version);
        return this.publish(stored, { epoch, changed: row.changed, at });
      }),
    );
    failpoint('after-stream-publish');
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const wentBack = errors.find((error) => error instanceof StreamWentBackError);
    if (wentBack !== undefined) {
      // The stream may have grown above the recorded sequence meanwhile, so that an inspection would find nothing.
      await record.request(epoch, 'went_back');
      throw wentBack;
    }
    const settled = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    if (settled.length > 0) {
      // Before the rows leave the outbox: after a crash, they are what shows again that the stream is ahead.
      if (await isAheadOf(source, dataSource, settled)) await record.request(epoch, 'restored_database');
      failpoint('before-stream-settle');
      await outbox.settle(epoch, rows, settled);
      failpoint('after-stream-settle');
    }
    if (errors.length > 0) throw worstOf(errors);
    // A batch of rows that all stay, such as rows that are too large, is followed by a pause.
    return settled.length > 0 && (!isLast || !began);
  }

  private async publish(row: StreamRow, occasion: Occasion): Promise<SettledRow | undefined> {
    const { publisher, metrics } = this.parts;
    try {
      // A new row is on the stream only if its acknowledgement was lost.
      const result = await publisher.publish(row, row.version === 1 ? { ...occasion, unknown: 'empty' } : occasion);
      // The next batch reads the row again.
      if (result.kind === 'outdated') return undefined;
      if (result.kind === 'too_large') {
        // It stays in the outbox, so that the lag shows it until somebody makes it smaller.
        metrics.published('failed');
        return undefined;
      }
      metrics.published(result.kind);
      return { key: row.key, ...result };
    } catch (error) {
      metrics.published('failed');
      throw error;
    }
  }
}

/** An error of the stream or the connection rather than of one row. */
function worstOf(errors: readonly unknown[]): unknown {
  return (
    errors.find((error) => error instanceof NatsDisconnectedError) ??
    errors.find((error) => !(error instanceof PublishRefusedError)) ??
    errors[0]
  );
}

/** A place in the order of the keys, which begin with ids. */
function randomKey(): string {
  return Math.floor(Math.random() * 0x10000)
    .toString(16)
    .padStart(4, '0');
}
