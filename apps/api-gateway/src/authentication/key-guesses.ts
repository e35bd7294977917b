import { Injectable } from '@nestjs/common';
import { RateLimitedError } from '../errors';
import { admitsByChance } from '../limits/chance';
import { RateLimiter } from '../limits/rate-limiter';
import { actionPolicies } from '../limits/rate-limits';

const { limit } = actionPolicies.unknownKey;
/**
 * Time after which a rejected client may retry. Short, because each attempt gets a new random draw: a client need not
 * wait for the end of the window.
 */
const RETRY_AFTER_MS = 1_000;

/**
 * Limits lookups of guessed API keys at user-sync, per address and minute. A key that was accepted before is always
 * looked up. Any other key is looked up while its address has sent fewer than twenty unknown keys. After that, a random
 * draw decides for each key; the more guesses, the lower the probability of a lookup.
 *
 * A plain limit would be simpler, but one guesser could use it up each minute. Then no new key of another client behind
 * the same address would ever be accepted. A random draw gives every attempt the same chance.
 * @see docs/explanation/guessing-and-forgery.md
 */
@Injectable()
export class KeyGuesses {
  constructor(private readonly limits: RateLimiter) {}

  /**
   * Admits or rejects the lookup of an API key. `hash` is the SHA-256 of the key.
   * @returns true if the admission is final: the key was accepted before, or the random draw admitted it. false if the
   *   key is admitted only because its address is still below the limit. Then call `admit` again after waiting for a
   *   turn, because other guesses may have reached the limit meanwhile.
   * @throws RateLimitedError if the key is not admitted
   */
  async admit(hash: string, address: string): Promise<boolean> {
    const { count } = await this.limits.countOf('unknownKey', address);
    if (count < limit) return false;
    if (await this.limits.hasRecorded('knownKey', hash)) return true;
    if (admitsByChance(count, limit, this.draw())) return true;
    await this.limits.record('unknownKey', address);
    throw new RateLimitedError(RETRY_AFTER_MS);
  }

  /** Returns a random number in [0, 1). A method, so that tests can replace it. */
  draw(): number {
    return Math.random();
  }

  /** Counts an unknown key. */
  async guessed(address: string): Promise<void> {
    await this.limits.record('unknownKey', address);
  }

  /** Remembers a valid key for 30 days. During this time `admit` never rejects the key. */
  async vouch(hash: string): Promise<void> {
    await this.limits.record('knownKey', hash);
  }
}
