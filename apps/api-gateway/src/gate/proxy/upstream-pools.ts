import { type Live } from '@gatehouse/config';
import { type Policy } from '../policy/policy';
import { UpstreamPool, type UpstreamTurn } from './upstream-pool';

/**
 * Pools of connections, one for each origin of the policy. A pool whose origin has left the policy is closed when its
 * last request ends, so no request is lost by a change of the policy.
 */
export class UpstreamPools {
  private readonly pools = new Map<string, UpstreamPool>();

  /** @param maxStreams maximum number of streams of events to one origin */
  constructor(
    private readonly policy: Live<Policy>,
    private readonly maxStreams = 0,
  ) {
    policy.onChange(() => {
      for (const [origin, pool] of this.pools) this.closeUnused(origin, pool);
    });
  }

  /**
   * Admits a request to an origin. `leave` of the result must be called when it has ended.
   * @param holder whose requests are counted together: id of a user, or an address
   * @throws UpstreamBusyError if the holder has as many requests open as it may have
   */
  take(origin: string, holder: string): UpstreamTurn {
    return (this.pools.get(origin) ?? this.open(origin)).take(holder);
  }

  /** Number of open requests to an origin. */
  openOf(origin: string): number {
    return this.pools.get(origin)?.open ?? 0;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map(({ dispatcher }) => dispatcher.destroy()));
    this.pools.clear();
  }

  private open(origin: string): UpstreamPool {
    const pool: UpstreamPool = new UpstreamPool(origin, this.maxStreams, () => this.closeUnused(origin, pool));
    this.pools.set(origin, pool);
    return pool;
  }

  private closeUnused(origin: string, pool: UpstreamPool): void {
    if (pool.open > 0 || this.policy.current.origins.has(origin)) return;
    if (this.pools.get(origin) === pool) this.pools.delete(origin);
    void pool.dispatcher.destroy();
  }
}
