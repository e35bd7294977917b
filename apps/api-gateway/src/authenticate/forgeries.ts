import { LRUCache } from 'lru-cache';
import { RateLimitedError } from '../errors';
import { MemoryCounters } from '../limit-rates/counter-store';
import { actPolicies } from '../limit-rates/rate-policy';

/** How many sessions and addresses are remembered. */
const BOUNDS = { sessions: 20_000, addresses: 10_000 };
const { limit, windowMs } = actPolicies.forgedToken;

/**
 * Counts the tokens of each address whose signature did not match: each costs a signature check, which nobody may have
 * without end. Who shares an address with a forger is let in all the same with a session that is known here. Counted by
 * each gateway for itself, whose processor it is.
 */
export class Forgeries {
  private readonly counters: MemoryCounters;
  private readonly knownSessions: LRUCache<string, true>;

  constructor(now?: () => number, bounds: typeof BOUNDS = BOUNDS) {
    this.counters = new MemoryCounters(now, bounds.addresses);
    this.knownSessions = new LRUCache({ max: bounds.sessions });
  }

  /** Before a signature is checked. Throws RateLimitedError when the address has forged too many. */
  mayCheck(session: string | undefined, address: string): void {
    const { count, resetMs } = this.counters.look(address, windowMs);
    if (count < limit || (session !== undefined && this.knownSessions.has(session))) return;
    throw new RateLimitedError(resetMs);
  }

  /** A signature matched. */
  vouch(session: string | undefined): void {
    if (session !== undefined) this.knownSessions.set(session, true);
  }

  /** A signature did not match: who borrowed the name of a known session does so once. */
  note(session: string | undefined, address: string): void {
    if (session !== undefined) this.knownSessions.delete(session);
    this.counters.hit(address, windowMs);
  }

  /** Sessions and addresses that are remembered. */
  get size(): number {
    return this.knownSessions.size + this.counters.size;
  }
}
