import { RateLimitedError } from '../errors';
import { admitsByChance } from '../limits/chance';
import { type RateLimits } from '../limits/rate-limits';
import { actPolicies } from '../limits/rate-policy';

const { limit } = actPolicies.unknownKey;
/** Every attempt is drawn anew, so clients need not wait for the end of the window. */
const RETRY_AFTER_MS = 1_000;

/**
 * Bounds what guessed API keys cost: each costs user-sync a lookup. They are counted by their address. A key is looked up
 * for sure while its address has sent fewer than twenty unknown ones in the minute, and always when it was let in before;
 * beyond, chance decides, so that no guesser takes all lookups from those who share an address with it.
 */
export class KeyGuesses {
  constructor(private readonly limits: Pick<RateLimits, 'countOf' | 'hasActed' | 'note'>) {}

  /** Returns whether a key, by its hash, may be looked up however many guesses come in the meantime. Throws RateLimitedError. */
  async admit(hash: string, address: string): Promise<boolean> {
    const { count } = await this.limits.countOf('unknownKey', address);
    if (count < limit) return false;
    if (await this.limits.hasActed('knownKey', hash)) return true;
    if (admitsByChance(count, limit, this.draw())) return true;
    await this.limits.note('unknownKey', address);
    throw new RateLimitedError(RETRY_AFTER_MS);
  }

  /** Returns a random number from 0 up to 1; a method so that tests can choose it. */
  draw(): number {
    return Math.random();
  }

  /** Counts an unknown key. */
  async guessed(address: string): Promise<void> {
    await this.limits.note('unknownKey', address);
  }

  /** Remembers a key that is valid. */
  async vouch(hash: string): Promise<void> {
    await this.limits.note('knownKey', hash);
  }
}
