import { type Delivery } from './delivery';

/**
 * Deliveries whose time has come, a lane for each endpoint in order of arrival. Lanes take turns, and one whose endpoint
 * has as many attempts in hand as it may is passed over: an endpoint that hangs holds up nobody but itself.
 */
export class DueDeliveries {
  private readonly lanes = new Map<string, Set<Delivery>>();
  private readonly inHand = new Map<string, number>();

  /** @param laneLimit attempts that one endpoint may have in hand */
  constructor(private readonly laneLimit: number) {}

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  add(delivery: Delivery): void {
    const lane = this.lanes.get(delivery.endpoint_id);
    if (lane) lane.add(delivery);
    else this.lanes.set(delivery.endpoint_id, new Set([delivery]));
  }

  delete(delivery: Delivery): void {
    const lane = this.lanes.get(delivery.endpoint_id);
    if (lane?.delete(delivery) && lane.size === 0) this.lanes.delete(delivery.endpoint_id);
  }

  clear(): void {
    this.lanes.clear();
  }

  /** Takes out the next that may go; undefined when none may. */
  next(): Delivery | undefined {
    for (const [endpointId, lane] of this.lanes) {
      if ((this.inHand.get(endpointId) ?? 0) >= this.laneLimit) continue;
      const [first] = lane;
      this.lanes.delete(endpointId);
      if (first) lane.delete(first);
      if (lane.size > 0) this.lanes.set(endpointId, lane);
      return first;
    }
    return undefined;
  }

  noteBegun({ endpoint_id: id }: Delivery): void {
    this.inHand.set(id, (this.inHand.get(id) ?? 0) + 1);
  }

  noteEnded({ endpoint_id: id }: Delivery): void {
    const left = (this.inHand.get(id) ?? 1) - 1;
    if (left > 0) this.inHand.set(id, left);
    else this.inHand.delete(id);
  }
}
