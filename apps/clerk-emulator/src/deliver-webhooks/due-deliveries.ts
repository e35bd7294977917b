import { type Delivery } from './delivery';

/**
 * Deliveries that are due: one queue for each endpoint, in order of arrival. The endpoints take turns. An endpoint at
 * its limit of attempts in flight is skipped, so that a hanging endpoint delays only its own deliveries.
 */
export class DueDeliveries {
  private readonly queues = new Map<string, Set<Delivery>>();
  private readonly inFlight = new Map<string, number>();

  /** @param endpointLimit maximum attempts in flight for one endpoint */
  constructor(private readonly endpointLimit: number) {}

  get isEmpty(): boolean {
    return this.queues.size === 0;
  }

  add(delivery: Delivery): void {
    const queue = this.queues.get(delivery.endpoint_id);
    if (queue) queue.add(delivery);
    else this.queues.set(delivery.endpoint_id, new Set([delivery]));
  }

  delete(delivery: Delivery): void {
    const queue = this.queues.get(delivery.endpoint_id);
    if (queue?.delete(delivery) && queue.size === 0) this.queues.delete(delivery.endpoint_id);
  }

  clear(): void {
    this.queues.clear();
  }

  /** Removes and returns the next delivery that may be sent; undefined when there is none. */
  next(): Delivery | undefined {
    for (const [endpointId, queue] of this.queues) {
      if ((this.inFlight.get(endpointId) ?? 0) >= this.endpointLimit) continue;
      const [first] = queue;
      this.queues.delete(endpointId);
      if (first) queue.delete(first);
      if (queue.size > 0) this.queues.set(endpointId, queue);
      return first;
    }
    return undefined;
  }

  noteStarted({ endpoint_id: id }: Delivery): void {
    this.inFlight.set(id, (this.inFlight.get(id) ?? 0) + 1);
  }

  noteEnded({ endpoint_id: id }: Delivery): void {
    const left = (this.inFlight.get(id) ?? 1) - 1;
    if (left > 0) this.inFlight.set(id, left);
    else this.inFlight.delete(id);
  }
}
