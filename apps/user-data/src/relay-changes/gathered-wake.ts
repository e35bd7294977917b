import { StreamRelay } from '@gatehouse/relay';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Least time between two wakes; milliseconds. */
const GATHER_MS = 250;

/**
 * Wakes the relay after changes of which a user makes hundreds per second: at once after a pause, then four times a
 * second. The outbox has one row for all changes in between, so they become one message.
 */
@Injectable()
export class GatheredWake implements OnModuleDestroy {
  private isAsked = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly relay: StreamRelay) {}

  /** Notes that a transaction has committed. */
  wake(): void {
    this.isAsked = true;
    if (this.timer === undefined) this.forward();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  private forward(): void {
    this.timer = undefined;
    if (!this.isAsked) return;
    this.isAsked = false;
    this.relay.wake();
    this.timer = setTimeout(() => this.forward(), GATHER_MS);
  }
}
