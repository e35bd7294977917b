import { type Propagation, gatewayLease } from '@gatehouse/contracts';
import { type GatewayLeases } from './gateway-leases';

/** Maximum wait in milliseconds: longer than a gateway lease, shorter than the timeout of `RequestClient`. */
const MAX_WAIT_MS = gatewayLease.lengthMs + 500;

/** Tracks which gateways have acknowledged one trust change. */
export class PropagationWait {
  private readonly startedAt: number;
  /** Gateways that have not acknowledged yet; undefined until complete leases are first read. */
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
   * Updates the state from leases that were read after the commit of the trust change. Waits for the gateways of the
   * first complete leases, and for no gateway that starts later: its cache holds nothing from before the change. Returns
   * true when no gateway is left to wait for.
   */
  see({ complete, leases }: GatewayLeases): boolean {
    if (this.open === undefined && !complete) return false;
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
    return this.complete;
  }

  /** Whether the leases are known, and each gateway has acknowledged the trust change or lost its lease. */
  get complete(): boolean {
    return this.open?.size === 0;
  }

  get overdue(): boolean {
    return this.now() - this.startedAt > MAX_WAIT_MS;
  }

  get result(): Propagation {
    const { number, gateways, acknowledged, expired } = this;
    return { number, gateways, acknowledged, expired, tookMs: Math.round(this.now() - this.startedAt) };
  }
}
