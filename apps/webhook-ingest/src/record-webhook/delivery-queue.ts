import { LedgerUnavailableError } from '../errors';
import { type Delivery, type Recorded } from './delivery';

/** A delivery whose sender waits for it to be recorded. */
export interface Waiting {
  readonly delivery: Delivery;
  /** Monotonic time at which the delivery arrived; milliseconds. */
  readonly since: number;
  readonly resolve: (recorded: Recorded) => void;
  readonly reject: (error: LedgerUnavailableError) => void;
}

/** Limits of the queue, and of a group: the deliveries that are recorded in one transaction. */
export interface QueueLimits {
  /** Maximum rows (`queueRows`) and bytes (`queueBytes`) that wait or are being written. */
  readonly queueRows: number;
  readonly queueBytes: number;
  readonly groupRows: number;
  readonly groupBytes: number;
  /** Maximum time that a delivery waits to be put into a group; milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Bounded queue of deliveries. A delivery counts against the limits until it is answered: while it waits and while its
 * group is written.
 */
export class DeliveryQueue {
  private readonly entries: Waiting[] = [];
  private rows = 0;
  private bytes = 0;
  private waitingBytes = 0;

  constructor(private readonly limits: QueueLimits) {}

  /**
   * Adds a delivery; resolves when the delivery is recorded.
   * @throws LedgerUnavailableError when the queue is full
   */
  add(delivery: Delivery): Promise<Recorded> {
    const { length } = delivery.body;
    if (this.rows >= this.limits.queueRows || this.bytes + length > this.limits.queueBytes) {
      return Promise.reject(new LedgerUnavailableError('too many deliveries wait to be recorded'));
    }
    this.rows += 1;
    this.bytes += length;
    this.waitingBytes += length;
    return new Promise<Recorded>((resolve, reject) => {
      this.entries.push({ delivery, since: performance.now(), resolve, reject });
    }).finally(() => {
      this.rows -= 1;
      this.bytes -= length;
    });
  }

  /**
   * Number and bytes of the deliveries that are in no group yet. `sinceMs`: age of the oldest; undefined when none
   * waits.
   */
  get waiting(): { readonly rows: number; readonly bytes: number; readonly sinceMs: number | undefined } {
    const [oldest] = this.entries;
    const sinceMs = oldest === undefined ? undefined : performance.now() - oldest.since;
    return { rows: this.entries.length, bytes: this.waitingBytes, sinceMs };
  }

  /** Whether every delivery was answered. */
  get idle(): boolean {
    return this.rows === 0;
  }

  /**
   * Takes the next group, oldest first, and rejects deliveries that have waited too long. The group is empty only when
   * nothing waits.
   */
  takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    while (group.length === 0 && this.entries.length > 0) {
      const tooOld = performance.now() - this.limits.maxWaitMs;
      for (const entry of this.entries.splice(0, this.groupLength())) {
        this.waitingBytes -= entry.delivery.body.length;
        if (entry.since < tooOld) entry.reject(new LedgerUnavailableError('the database is too slow'));
        else group.push(entry);
      }
    }
    return group;
  }

  private groupLength(): number {
    let bytes = 0;
    let end = 0;
    for (const { delivery } of this.entries.slice(0, this.limits.groupRows)) {
      bytes += delivery.body.length;
      if (end > 0 && bytes > this.limits.groupBytes) break;
      end += 1;
    }
    return end;
  }
}
