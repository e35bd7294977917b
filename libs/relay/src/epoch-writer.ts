import { setTimeout as sleep } from 'node:timers/promises';
import { type CompactedStream, StreamWentBackError } from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';
import { type EpochMarker, type NewMarker } from './epoch-marker';
import { type Epoch, type EpochRecord } from './epoch-record';
import { RelayStoppedError, RowNotPublishedError } from './errors';
import { type RelayMetrics } from './relay-metrics';
import { type SettledRow, isAheadOf } from './is-ahead-of';
import { type Occasion, type Publishing, type RowPublisher } from './row-publisher';
import { type StreamRow, type StreamSource } from './stream-source';

/** Rows per page. All rows of a page are published at the same time. */
const PAGE = 500;
/** Maximum speed of a refill, so that it disturbs neither NATS nor followers: rows per second. */
const REFILL_SPEED = 5_000;

/** What an {@link EpochWriter} needs. */
export interface EpochWriterParts {
  readonly source: StreamSource;
  readonly dataSource: DataSource;
  readonly stream: CompactedStream;
  readonly record: EpochRecord;
  readonly marker: EpochMarker;
  readonly publisher: RowPublisher;
  readonly metrics: RelayMetrics;
}

/** Writes an epoch to the stream, from the state in which it is. Each step is recorded and can be repeated. */
export class EpochWriter {
  constructor(private readonly parts: EpochWriterParts) {}

  /**
   * Writes the epoch to its end. `onStep` runs before each step and may throw.
   * @throws LeaseLostError when another process has taken over
   * @throws RelayStoppedError when `stopping` is aborted
   */
  async write(begun: Epoch, stopping: AbortSignal, onStep: () => Promise<void>): Promise<Epoch> {
    let epoch = begun;
    while (epoch.state !== 'complete') {
      if (stopping.aborted) throw new RelayStoppedError();
      await onStep();
      failpoint('before-stream-step', stateOf(epoch));
      epoch = await this.step(epoch, stopping).catch(async (error: unknown) => {
        if (error instanceof StreamWentBackError) await this.parts.record.request(epoch.epoch, 'went_back');
        throw error;
      });
    }
    failpoint('before-stream-step', stateOf(epoch));
    return epoch;
  }

  private async step(epoch: Epoch, stopping: AbortSignal): Promise<Epoch> {
    const { record, marker, stream } = this.parts;
    switch (epoch.state) {
      case 'marking':
        return this.mark(epoch);
      case 'filling': {
        const startedAt = performance.now();
        const filled = await this.fill(epoch);
        failpoint('after-stream-page');
        if (filled.nextPage !== null) {
          if (epoch.purgeBelow === 0) await pace(filled.rows - epoch.rows, startedAt, stopping);
          return filled;
        }
        const sequence = await marker.publish({ ...markerOf(epoch, 'complete'), rows: filled.rows });
        failpoint('after-stream-complete-marker');
        return record.written(epoch.epoch, sequence);
      }
      case 'purging':
        // Rows that were published before the first marker of this epoch and do not exist any more, and the padding.
        await stream.purgeBelow(epoch.markerSequence ?? 0);
        failpoint('after-stream-refill-purge');
        return record.completed(epoch.epoch);
      case 'due':
      case 'complete':
        return epoch;
    }
  }

  private async mark(begun: Epoch): Promise<Epoch> {
    const { epoch, purgeBelow } = begun;
    const { stream, publisher, marker, record } = this.parts;
    if (purgeBelow > 0) await stream.purgeBelow(purgeBelow);
    failpoint('after-stream-purge');
    publisher.startOver(Math.max(purgeBelow - 1, 0));
    const first = markerOf(begun, 'rebuilding');
    const sequence = purgeBelow > 0 ? await marker.publishAfterPurge(first) : await marker.publishInNewBlock(first);
    failpoint('after-stream-marker');
    return record.marked(epoch, sequence);
  }

  /** Publishes one page. */
  private async fill({ epoch, nextPage, purgeBelow, ackedSequence }: Epoch): Promise<Epoch> {
    const { source, dataSource, record, publisher } = this.parts;
    publisher.acknowledged(ackedSequence);
    const at = new Date();
    const page = await source.page(dataSource.manager, nextPage ?? undefined, PAGE);
    const unknown = purgeBelow > 0 ? ('empty' as const) : undefined;
    const results = await Promise.all(
      page.rows.map((row) => this.publish(row, { epoch, changed: [], at, ...(unknown && { unknown }) })),
    );
    const settled = results.filter((result) => result !== undefined);
    failpoint('before-stream-page-record');
    if (await isAheadOf(source, dataSource, settled)) await record.request(epoch, 'restored_database');
    const acked = Math.max(0, ...settled.map(({ sequence }) => sequence));
    return record.filled(epoch, { next: page.next, rows: page.rows.length, acked });
  }

  /** Publishes a row in its newest state. Returns undefined for one that is too large for the stream. */
  private async publish(row: StreamRow, occasion: Occasion): Promise<SettledRow | undefined> {
    const { source, publisher, metrics } = this.parts;
    let current = row;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const result: Publishing = await publisher.publish(current, occasion);
      if (result.kind === 'too_large') {
        metrics.published('failed');
        return undefined;
      }
      if (result.kind !== 'outdated') {
        metrics.published(result.kind);
        return { key: row.key, ...result };
      }
      const [again] = await source.load(this.parts.dataSource.manager, [row.key]);
      current = again ?? source.removed(row.key, current.version + 1);
    }
    throw new RowNotPublishedError(source.stream.name);
  }
}

/** The label of the failpoint before a step. */
const stateOf =
  ({ state }: Epoch) =>
  () => [state];

function markerOf({ epoch, generation }: Epoch, state: NewMarker['state']): NewMarker {
  return { epoch, state, ...(generation > 0 && { generation }) };
}

/** Waits so that `rows` take at least as long as at the maximum speed. */
async function pace(rows: number, startedAt: number, signal: AbortSignal): Promise<void> {
  const waitMs = (rows / REFILL_SPEED) * 1_000 - (performance.now() - startedAt);
  if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
}
