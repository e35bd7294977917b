import { type Propagation, gatewayLease } from '@gatehouse/contracts';
import { type Lease } from './leases';

/** The most that a call waits, whatever its gateways do: the caller gives up after 5 s. */
const MAX_WAIT_MS = gatewayLease.lengthMs + 500;

/** Follows one change on its way to the gateways. */
export class PropagationWait {
  private readonly startedAt: number;
  /** The gateways that it has to reach; unknown until the leases were first seen. */
  private open: Set<string> | undefined;
  private gateways = 0;
  private acknowledged = 0;
  private expired = 0;

  constructor(
    private readonly number: number,
    private readonly now: () => number,
  ) {
    this.startedAt = now();
  }

  /**
   * Takes in the leases as they are now, read after the change was committed: a gateway that comes later has remembered
   * nothing from before it. True when there is nothing left to wait for.
   */
  see(leases: readonly Lease[]): boolean {
    const known = new Map(leases.filter(({ live }) => live).map((lease) => [lease.gatewayId, lease.number]));
    if (this.open === undefined) {
      this.open = new Set(known.keys());
      this.gateways = known.size;
    }
    for (const gatewayId of this.open) {
      const number = known.get(gatewayId);
      if (number === undefined) this.expired += 1;
      else if (number >= this.number) this.acknowledged += 1;
      else continue;
      this.open.delete(gatewayId);
    }
    return this.open.size === 0;
  }

  get overdue(): boolean {
    return this.now() - this.startedAt > MAX_WAIT_MS;
  }

  get result(): Propagation {
    const { number, gateways, acknowledged, expired } = this;
    return { number, gateways, acknowledged, expired, tookMs: Math.round(this.now() - this.startedAt) };
  }
}
