import { type Delivery } from './delivery';

interface Held {
  readonly delivery: Delivery;
  left: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Deliveries that the fault `reorder` holds until enough attempts of other deliveries to the same endpoint have ended.
 */
export class HeldDeliveries {
  private readonly held = new Map<Delivery, Held>();

  /** @param release receives a delivery that is no longer held */
  constructor(private readonly release: (delivery: Delivery) => void) {}

  /** Holds a delivery before its first attempt; its retries are not held. */
  hold(delivery: Delivery): void {
    const { by, max_wait_ms } = delivery.hold ?? { by: 0, max_wait_ms: 0 };
    delivery.hold = null;
    const timer = setTimeout(() => this.releaseOne(delivery), max_wait_ms);
    this.held.set(delivery, { delivery, left: by, timer });
  }

  /**
   * Records that an attempt of the delivery `sent` has ended. The attempt counts for every other delivery that is held
   * for the same endpoint. Releases each held delivery for which enough attempts have now ended. If there are several,
   * releases the one held last first, so that their order is reversed.
   */
  noteSent(sent: Delivery): void {
    const due = [...this.held.values()].filter(
      (held) => held.delivery.endpoint_id === sent.endpoint_id && held.delivery !== sent && --held.left <= 0,
    );
    for (const { delivery } of due.reverse()) this.releaseOne(delivery);
  }

  /** Removes a delivery without releasing it; true when it was held. */
  remove(delivery: Delivery): boolean {
    clearTimeout(this.held.get(delivery)?.timer);
    return this.held.delete(delivery);
  }

  clear(): void {
    for (const delivery of [...this.held.keys()]) this.remove(delivery);
  }

  private releaseOne(delivery: Delivery): void {
    if (this.remove(delivery)) this.release(delivery);
  }
}
