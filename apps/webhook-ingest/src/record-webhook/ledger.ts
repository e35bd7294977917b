/*
 * Group commit: deliveries that arrive while a group is written share the next group, and with it one transaction and one
 * flush of the disk.
 *
 * The state is the number of active writers, of which production has at most two, and whether deliveries wait:
 *
 *   idle        no writer. No delivery waits.
 *   writing     one writer. No delivery waits.
 *   lagging     one writer. Deliveries wait, but too few and not long enough for the second writer. A timer runs.
 *   saturated   two writers. New deliveries wait until a writer is free.
 *
 * Transitions:
 *
 *   record      idle → writing: starts a writer.
 *               writing → lagging: starts the timer, unless it still runs.
 *               lagging → saturated: starts the second writer when enough rows or bytes wait.
 *   timer       lagging → saturated: starts the second writer when the oldest delivery has waited long enough.
 *               Otherwise starts the timer again while deliveries wait.
 *   group done  The only writer takes the next group while any delivery waits: lagging → writing if the group takes
 *               all, else it stays lagging. If no delivery waits, the writer ends: writing → idle.
 *               One of two writers takes the next group while enough deliveries wait, or one has waited long enough.
 *               Otherwise it ends: saturated → lagging or writing.
 */

import { type Logger } from 'pino';
import { type Delivery, type Recorded } from './delivery';
import { DeliveryQueue, type QueueLimits } from './delivery-queue';
import { type InsertDeliveries, writeGroup } from './write-group';

/** Limits of the ledger. */
export interface LedgerLimits extends QueueLimits {
  /** Maximum number of groups that are written at the same time. */
  readonly writers: number;
  /**
   * Number of waiting rows that justify a second writer. A transaction has a fixed cost, which is about that of
   * inserting 25 rows.
   */
  readonly besideRows: number;
  /** Waiting time that justifies a second writer, because the first one may be stuck; milliseconds. */
  readonly besideAfterMs: number;
}

/**
 * Clerk waits 15 s for a response, so the ledger must answer every delivery earlier. When a writer takes a delivery
 * that has waited longer than `maxWaitMs` (4 s), the delivery is rejected. Otherwise its group is written with one
 * statement, which the database cancels after 5 s. The other 6 s are a reserve: a group needs more statements if it
 * contains duplicates, or if a conflict makes the ledger repeat the transaction.
 */
export const ledgerLimits: LedgerLimits = {
  queueRows: 2_000,
  queueBytes: 64 * 1024 * 1024,
  groupRows: 256,
  groupBytes: 8 * 1024 * 1024,
  writers: 2,
  besideRows: 64,
  besideAfterMs: 100,
  maxWaitMs: 4_000,
};

const IDLE_POLL_MS = 10;

/** Records deliveries in groups. The promise of a delivery resolves only after the delivery is committed. */
export class Ledger {
  private readonly queue: DeliveryQueue;
  private writers = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly insert: InsertDeliveries,
    private readonly log: Logger,
    private readonly observeGroup: (rows: number) => void,
    private readonly limits: LedgerLimits = ledgerLimits,
  ) {
    this.queue = new DeliveryQueue(limits);
  }

  /**
   * Records a delivery; resolves after the commit.
   * @throws LedgerUnavailableError when the delivery was not recorded
   */
  record(delivery: Delivery): Promise<Recorded> {
    const recorded = this.queue.add(delivery);
    this.schedule();
    return recorded;
  }

  /** Resolves when every delivery was answered. */
  async idle(): Promise<void> {
    while (!this.queue.idle) await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
  }

  private schedule(): void {
    if (this.queue.waiting.rows === 0) return;
    if (this.isDue(this.writers)) void this.write();
    else if (this.writers < this.limits.writers) {
      // `unref`: the timer need not keep the process alive, because the active writer does.
      this.timer ??= setTimeout(() => this.onTimer(), this.limits.besideAfterMs).unref();
    }
  }

  private onTimer(): void {
    this.timer = undefined;
    this.schedule();
  }

  private async write(): Promise<void> {
    this.writers += 1;
    // Waits until this turn of the event loop ends, so that deliveries that arrive in it join the same group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.isDue(this.writers - 1)) {
      const group = this.queue.takeGroup();
      if (group.length === 0) continue;
      this.observeGroup(group.length);
      await writeGroup(group, this.insert, this.log);
    }
    this.writers -= 1;
    this.schedule();
  }

  /** Whether the next group should be written now, while `others` other writers are active. */
  private isDue(others: number): boolean {
    const { writers, besideRows, besideAfterMs, groupBytes } = this.limits;
    const { rows, bytes, sinceMs } = this.queue.waiting;
    if (sinceMs === undefined || others >= writers) return false;
    return others === 0 || rows >= besideRows || bytes >= groupBytes || sinceMs >= besideAfterMs;
  }
}
