import { type Delivery } from './delivery';

interface Held {
  readonly delivery: Delivery;
  left: number;
  readonly timer: NodeJS.Timeout;
}

/** Deliveries that a fault holds back until later ones to the same endpoint have gone. */
export class HeldDeliveries {
  private readonly held = new Map<Delivery, Held>();

  /** @param release takes a delivery whose time has come */
  constructor(private readonly release: (delivery: Delivery) => void) {}

  /** Holds a delivery once; a retry is not held. */
  hold(delivery: Delivery): void {
    const { by, max_wait_ms } = delivery.hold ?? { by: 0, max_wait_ms: 0 };
    delivery.hold = null;
    const timer = setTimeout(() => this.letGo(delivery), max_wait_ms);
    this.held.set(delivery, { delivery, left: by, timer });
  }

  /** Counts a delivery that has gone; those held by the last one come out in reverse order. */
  noteGone(gone: Delivery): void {
    const due = [...this.held.values()].filter(
      (held) => held.delivery.endpoint_id === gone.endpoint_id && held.delivery !== gone && --held.left <= 0,
    );
    for (const { delivery } of due.reverse()) this.letGo(delivery);
  }

  /** Forgets a delivery; true when it was held. */
  forget(delivery: Delivery): boolean {
    clearTimeout(this.held.get(delivery)?.timer);
    return this.held.delete(delivery);
  }

  clear(): void {
    for (const delivery of [...this.held.keys()]) this.forget(delivery);
  }

  private letGo(delivery: Delivery): void {
    if (this.forget(delivery)) this.release(delivery);
  }
}
