import { LRUCache } from 'lru-cache';
import { RateLimitedError } from '../errors';
import { admitsByChance } from '../limits/chance';
import { WindowCounters } from '../limits/window-counters';
import { actPolicies } from '../limits/rate-policy';

/** How many sessions are known, and of how many names forgeries are counted. */
const BOUNDS = { sessions: 20_000, names: 20_000 };
const { limit } = actPolicies.forgedToken;

/** What a test may choose. `random` gives numbers from 0 up to 1. */
interface ForgeriesOptions {
  readonly now?: () => number;
  readonly random?: () => number;
  readonly bounds?: typeof BOUNDS;
}

/**
 * Bounds what forged tokens cost: each costs a signature check. They are counted by their address and, beside it, by the
 * session that they name, if it is known here. By either name a token is checked for sure while its second has fewer
 * than twenty; beyond, chance decides, so that no forger, however early in the second, takes all checks from those who
 * share a name with it. Counted by each gateway for itself, whose processor it is.
 */
export class Forgeries {
  private readonly random: () => number;
  private readonly counters: WindowCounters;
  private readonly knownSessions: LRUCache<string, true>;

  constructor({ now = () => performance.now(), random = Math.random, bounds = BOUNDS }: ForgeriesOptions = {}) {
    this.random = random;
    this.counters = new WindowCounters(actPolicies.forgedToken, bounds.names, now);
    this.knownSessions = new LRUCache({ max: bounds.sessions });
  }

  /**
   * Checks a signature: gives what `matches` gives. Throws RateLimitedError, and calls nothing, when too many were forged
   * by these names. Asked and counted without a pause between: of tokens that come at once none is overlooked.
   */
  check(session: string | undefined, address: string, matches: () => boolean): boolean {
    const names = session !== undefined && this.knows(session) ? [address, session] : [address];
    if (!names.some((name) => this.mayCheck(name))) {
      const waits = names.map((name) => this.counters.hit(name).resetMs);
      throw new RateLimitedError(Math.min(...waits));
    }
    const matched = matches();
    if (!matched) for (const name of names) this.counters.hit(name);
    return matched;
  }

  /** Whether a token of this session was accepted before. */
  knows(session: string | undefined): boolean {
    return session !== undefined && this.knownSessions.has(session);
  }

  /** A token of this session was accepted. */
  vouch(session: string | undefined): void {
    if (session !== undefined) this.knownSessions.set(session, true);
  }

  /** Keys have changed: what was counted may have been good tokens, signed by a key that was not known yet. */
  forgive(): void {
    this.counters.clear();
  }

  /** Sessions and names that are remembered. */
  get size(): number {
    return this.knownSessions.size + this.counters.size;
  }

  private mayCheck(name: string): boolean {
    return admitsByChance(this.counters.look(name).count, limit, this.random());
  }
}
