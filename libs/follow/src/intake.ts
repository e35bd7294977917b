import { type DeliveryQueue } from './delivery-queue';
import { type KnownRow } from './following';
import { KnownVersions, UNKNOWN_VERSION } from './known-versions';
import { type EpochMarker, type RowMessage, type StreamMessage } from './stream-message';

/** What the queue delivers: a row or its deletion, or that a row is absent. */
export interface Delivery<Body> {
  readonly message: RowMessage<Body> | undefined;
  readonly generation: number;
}

/**
 * Decides which messages are news. Every message passes here, from the feed or read from the stream, in any order and
 * any number of times.
 */
export class Intake<Body> {
  readonly known = new KnownVersions();
  /** The newest epoch of which a message was seen. */
  private epoch = 0;
  /** The newest marker. */
  marker: EpochMarker | undefined;
  /** The generation whose rows are taken. */
  generation = 0;
  /** A row of which an earlier version was seen than the known one. */
  regressed: string | undefined;

  /** @param deliversUnheld whether deletions of rows that the caller never had are delivered */
  constructor(
    private readonly queue: DeliveryQueue<Delivery<Body>>,
    private readonly deliversUnheld: boolean,
  ) {}

  /** Whether the database was restored since the rows of `generation`. */
  get isOutdated(): boolean {
    return this.marker !== undefined && this.marker.generation > this.generation;
  }

  /** Whether the newest epoch is complete: every row was written again since it began. */
  get isComplete(): boolean {
    return this.marker?.isComplete === true && this.marker.epoch === this.epoch;
  }

  /** Takes a message that is news. @returns false if there is no room, so that the message must be read again */
  take(key: string, message: StreamMessage<Body>): boolean {
    if (message.type === 'marker') {
      this.takeMarker(message);
      return true;
    }
    // From before the restore, or to be read again once the caller knows of the restore.
    if (message.epoch < this.generation || this.isOutdated) return true;
    if (message.epoch > this.epoch) this.beginEpoch(message.epoch);
    const seen = message.epoch === this.epoch;
    const { known } = this;
    if (!known.isNews(key, message.version)) {
      if (known.isEarlier(key, message.version)) this.regressed = key;
      if (seen) known.see(key);
      return true;
    }
    const deleted = message.body === undefined;
    const isDelivered = !deleted || this.deliversUnheld || known.isHeld(key);
    if (isDelivered && !this.queue.offer(key, { message, generation: this.generation })) return false;
    known.set(key, message.version, { deleted, seen });
    return true;
  }

  /** Takes that a row is absent. @returns false if there is no room */
  takeAbsence(key: string): boolean {
    if (!this.queue.offer(key, { message: undefined, generation: this.generation })) return false;
    this.known.delete(key);
    return true;
  }

  /**
   * Begins with the rows that the caller has stored.
   * @returns of which generation they are: `earlier` if some are from before the last restore, `later` if some are from
   * after a restore that the stream does not know
   */
  async begin(
    marker: EpochMarker,
    rows: Iterable<KnownRow> | AsyncIterable<KnownRow>,
  ): Promise<'same' | 'earlier' | 'later'> {
    this.known.clear();
    let newest = marker.generation;
    let oldest = marker.generation;
    for await (const { id, version, generation } of rows) {
      const from = Number(generation ?? 0);
      const isCurrent = from >= marker.generation;
      newest = Math.max(newest, from);
      oldest = Math.min(oldest, from);
      const number = isCurrent ? Number(version ?? UNKNOWN_VERSION) : UNKNOWN_VERSION;
      this.known.set(id, Number.isSafeInteger(number) ? number : UNKNOWN_VERSION, { deleted: false, seen: false });
    }
    if (newest > marker.generation) return 'later';
    this.generation = marker.generation;
    this.takeMarker(marker);
    return oldest < marker.generation ? 'earlier' : 'same';
  }

  /** Begins a generation: every version is news. */
  beginGeneration(generation: number): void {
    this.generation = generation;
    this.regressed = undefined;
    this.queue.dropWaiting();
    this.known.forgetVersions();
  }

  private takeMarker(marker: EpochMarker): void {
    const { marker: last } = this;
    if (marker.epoch > this.epoch) this.beginEpoch(marker.epoch);
    const isNewer =
      last === undefined || marker.epoch > last.epoch || (marker.epoch === last.epoch && marker.isComplete);
    if (isNewer) this.marker = marker;
  }

  private beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.known.beginEpoch();
  }
}
