import { type CompactedStream, PublishUnacknowledgedError, StaleSequenceError } from '@gatehouse/messaging';
import { LeaseLostError } from './errors';
import { type Marker } from './judge-stream';

/**
 * Contents of a marker. `rows`: number of published rows, in the marker `complete`. `generation`: the epoch of the last
 * restore of the database; absent if it was never restored.
 */
export interface NewMarker {
  readonly epoch: number;
  readonly state: 'rebuilding' | 'complete';
  readonly rows?: number;
  readonly generation?: number;
}

/**
 * Size of the padding that closes a block of the disk. nats-server writes streams of this size in blocks of 8 MB, and
 * deletes a purged block only as a whole.
 */
const BLOCK_BYTES = 8 * 1024 * 1024;
const PADDING_BYTES = 60 * 1024;
const MAX_ATTEMPTS = 20;
const NONE = 'none';
const encoder = new TextEncoder();

/** The marker of the epoch on a stream. */
export class EpochMarker {
  private readonly subject: string;

  constructor(
    private readonly stream: CompactedStream,
    subjectPrefix: string,
  ) {
    this.subject = `${subjectPrefix}.epoch`;
  }

  /** The last marker; undefined without one. @throws JetStreamUnavailableError, NatsDisconnectedError */
  async read(): Promise<Marker | undefined> {
    return (await this.last())?.marker;
  }

  /**
   * Publishes a marker and returns its sequence.
   * @throws LeaseLostError when the stream has a later marker: of a later epoch, or `complete` before `rebuilding`
   */
  async publish(marker: NewMarker): Promise<number> {
    return this.put(marker, {});
  }

  /**
   * Publishes a marker on a stream that was purged, and returns its sequence. Does not read the stream first: the server
   * may still be creating it, and nats-server before 2.9.15 then crashes.
   * @throws LeaseLostError as {@link publish}
   */
  async publishAfterPurge(marker: NewMarker): Promise<number> {
    return this.put(marker, {}, NONE);
  }

  /**
   * Publishes a marker often enough that it begins another block of the disk than the messages before it. Returns the
   * sequence of the last copy.
   * @throws LeaseLostError as {@link publish}
   */
  async publishInNewBlock(marker: NewMarker): Promise<number> {
    const padding = ' '.repeat(PADDING_BYTES);
    for (let bytes = 0; bytes <= BLOCK_BYTES; bytes += PADDING_BYTES) await this.put(marker, { padding });
    return this.put(marker, {});
  }

  /** @param assumed what the stream is assumed to hold; read by default, and whenever the assumption was wrong */
  private async put(marker: NewMarker, more: object, assumed?: typeof NONE): Promise<number> {
    const content = { kind: 'epoch', ...marker, at: new Date().toISOString(), ...more };
    const data = encoder.encode(JSON.stringify(content));
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt === 1 && assumed !== undefined ? undefined : await this.last();
      // Another process has taken over, and may have finished the epoch, while this one was stalled.
      if (last?.marker !== undefined && isLater(last.marker, marker)) throw new LeaseLostError(this.subject);
      try {
        return await this.stream.publish(this.subject, data, last?.sequence ?? 0);
      } catch (error) {
        const unsettled = error instanceof StaleSequenceError || error instanceof PublishUnacknowledgedError;
        if (!unsettled || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async last(): Promise<{ readonly sequence: number; readonly marker: Marker | undefined } | undefined> {
    const last = await this.stream.last(this.subject);
    return last && { sequence: last.sequence, marker: markerOf(last.data) };
  }
}

/** Whether a marker on the stream must not be replaced by `marker`. */
function isLater(found: Marker, { epoch, state }: NewMarker): boolean {
  return found.epoch > epoch || (found.epoch === epoch && found.complete && state === 'rebuilding');
}

function markerOf(data: Uint8Array): Marker | undefined {
  try {
    const { epoch, state } = JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>;
    return typeof epoch === 'number' ? { epoch, complete: state === 'complete' } : undefined;
  } catch {
    return undefined;
  }
}
