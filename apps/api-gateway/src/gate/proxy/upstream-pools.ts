import { type Live } from '@gatehouse/config';
import { Pool } from 'undici';
import { UpstreamBusyError } from '../../errors';
import { type Policy } from '../policy/policy';

/** Maximum number of connections to one origin. */
const CONNECTIONS = 1_024;
/** Maximum number of requests to one origin that wait for a connection. */
const WAITING = 1_024;
/** Maximum time until a connection is open; milliseconds. */
const CONNECT_MS = 5_000;
/** Maximum size of the headers of a response. */
const HEADER_BYTES = 32 * 1024;

/** Connections to one origin, which several upstreams can share. */
export class UpstreamPool {
  readonly dispatcher: Pool;
  /** Requests that have begun and not ended. */
  open = 0;

  constructor(origin: string) {
    this.dispatcher = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: { timeout: CONNECT_MS },
      maxHeaderSize: HEADER_BYTES,
      allowH2: false,
    });
  }
}

/**
 * Pools of connections, one for each origin of the policy. A pool whose origin has left the policy is closed when its
 * last request ends, so no request is lost by a change of the policy.
 */
export class UpstreamPools {
  private readonly pools = new Map<string, UpstreamPool>();

  constructor(private readonly policy: Live<Policy>) {
    policy.onChange(() => {
      for (const [origin, pool] of this.pools) this.closeUnused(origin, pool);
    });
  }

  /**
   * Takes the pool of an origin for one request. `release` must be called once when it has ended.
   * @throws UpstreamBusyError if as many requests are open as may be
   */
  take(origin: string): UpstreamPool {
    let pool = this.pools.get(origin);
    if (pool === undefined) {
      pool = new UpstreamPool(origin);
      this.pools.set(origin, pool);
    }
    if (pool.open >= CONNECTIONS + WAITING) throw new UpstreamBusyError();
    pool.open += 1;
    return pool;
  }

  /** Gives a pool back. */
  release(origin: string, pool: UpstreamPool): void {
    pool.open -= 1;
    if (pool.open === 0) this.closeUnused(origin, pool);
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

  private closeUnused(origin: string, pool: UpstreamPool): void {
    if (pool.open > 0 || this.policy.current.origins.has(origin)) return;
    this.pools.delete(origin);
    void pool.dispatcher.destroy();
  }
}
