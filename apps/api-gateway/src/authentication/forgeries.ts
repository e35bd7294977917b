import { LRUCache } from 'lru-cache';
import { RateLimitedError } from '../errors';
import { admitsByChance } from '../limits/chance';
import { actionPolicies } from '../limits/rate-limits';
import { WindowCounters } from '../limits/window-counters';

/**
 * Bounds of memory. `sessions`: number of known sessions. When there are more, the gateway forgets the session whose
 * tokens it has not verified for the longest time. `names`: number of addresses and sessions that have counters of
 * their own. When there are more, they share counters.
 */
const BOUNDS = { sessions: 20_000, names: 20_000 };
const { limit } = actionPolicies.forgedToken;

/** Options for tests. `random` returns numbers in [0, 1). */
interface ForgeriesOptions {
  readonly now?: () => number;
  readonly random?: () => number;
  readonly bounds?: typeof BOUNDS;
}

/**
 * Limits how many forged tokens per second have their signature checked. Each gateway counts for itself, because the
 * limit protects its own CPU.
 *
 * A forged token is counted for its sender's address. If this gateway has accepted a token of the session that the
 * forged token names, it is also counted for that session. A token that is rejected without a check counts like a
 * forged one.
 *
 * A token is checked if its address or its session permits the check. An address permits the check while fewer than
 * twenty forged tokens of this second were counted for the address. From then on, a random draw decides: the more
 * forged tokens, the lower the probability of a check. The same holds for a session. So a forger does not block
 * signed-in users behind the same address: the counts of their sessions stay low.
 *
 * A plain limit would be simpler, but a forger that sends early in each second would use it up. Then no new session
 * behind the same address could sign in during the attack. A random draw gives every token the same chance.
 * @see docs/explanation/guessing-and-forgery.md
 */
export class Forgeries {
  private readonly random: () => number;
  private readonly counters: WindowCounters;
  private readonly knownSessions: LRUCache<string, true>;

  constructor({ now = () => performance.now(), random = Math.random, bounds = BOUNDS }: ForgeriesOptions = {}) {
    this.random = random;
    this.counters = new WindowCounters(actionPolicies.forgedToken, bounds.names, now);
    this.knownSessions = new LRUCache({ max: bounds.sessions });
  }

  /**
   * Returns the result of `matches`, which checks a signature. Synchronous, so that each forgery is counted before the
   * next token is checked.
   * @throws RateLimitedError without calling `matches`, if the limit is reached and the random draw rejects the token
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

  /** Marks the session as known. */
  vouch(session: string | undefined): void {
    if (session !== undefined) this.knownSessions.set(session, true);
  }

  /**
   * Resets all counts. Called when the signing keys change: tokens that were counted as forged may have been signed by
   * a key that was not known yet.
   */
  forgive(): void {
    this.counters.clear();
  }

  /** Number of known sessions and counted names. */
  get size(): number {
    return this.knownSessions.size + this.counters.size;
  }

  private mayCheck(name: string): boolean {
    return admitsByChance(this.counters.look(name).count, limit, this.random());
  }
}
