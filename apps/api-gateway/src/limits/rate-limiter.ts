import { type Tier } from '@gatehouse/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimitUnavailableError, RateLimitedError } from '../errors';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { COUNTER_STORE } from '../tokens';
import { type Count, type CounterStore, type Purpose } from './counter-store';
import { MemoryCounters } from './memory-counters';
import {
  type ActionPolicy,
  type LimitedAction,
  type RateClass,
  RateLimit,
  actionPolicies,
  ratePolicies,
} from './rate-limits';

/** Usage of a rate limit after a request was counted. */
export interface RateStanding {
  readonly limit: RateLimit;
  readonly used: number;
  readonly resetMs: number;
}

const KEY_WINDOW_MS = 60_000;
const ofKeys: CountedPurpose = {
  name: 'api-key',
  windowMs: KEY_WINDOW_MS,
  whenFull: 'evict',
  withoutStore: 'open',
};

/** A purpose, and what happens while the shared store is unavailable: `open` counts in memory, `closed` rejects. */
type CountedPurpose = Purpose & { readonly withoutStore: 'open' | 'closed' };

/** Counts requests and actions per caller. Only `consume` rejects; the other methods return the count. */
@Injectable()
export class RateLimiter {
  private readonly fallback: MemoryCounters;

  constructor(@Inject(COUNTER_STORE) private readonly store: CounterStore) {
    this.fallback = store instanceof MemoryCounters ? store : new MemoryCounters();
  }

  /**
   * Counts a request against the limit of its class. `who` is a user id or an address.
   * @throws RateLimitUnavailableError
   */
  ofClass(rateClass: RateClass, who: string, tier: Tier | 'anonymous'): MaybePromise<RateStanding> {
    const { limits, withoutStore, whenFull } = ratePolicies[rateClass];
    const limit = limits[tier];
    return this.standing(limit, { name: rateClass, windowMs: limit.windowMs, withoutStore, whenFull }, who);
  }

  /** Counts a request against the limit of its API key, per minute. */
  ofKey(keyId: string, requests: number): MaybePromise<RateStanding> {
    return this.standing(new RateLimit('api-key', requests, KEY_WINDOW_MS), ofKeys, keyId);
  }

  /**
   * Counts an action.
   * @throws RateLimitedError if the action exceeds its limit; RateLimitUnavailableError
   */
  async consume(action: LimitedAction, who: string): Promise<void> {
    const { count, resetMs } = await this.record(action, who);
    if (count > actionPolicies[action].limit) throw new RateLimitedError(resetMs);
  }

  /** Counts an action and returns the count, without comparing the count with a limit. */
  async record(action: LimitedAction, who: string): Promise<Count> {
    return this.count(purposeOf(action, actionPolicies[action]), who, 'hit');
  }

  /** Returns how often an action was counted in the current window. */
  async countOf(action: LimitedAction, who: string): Promise<Count> {
    return this.count(purposeOf(action, actionPolicies[action]), who, 'look');
  }

  /** Whether an action was counted in the current window. */
  async hasRecorded(action: LimitedAction, who: string): Promise<boolean> {
    return (await this.countOf(action, who)).count > 0;
  }

  private standing(limit: RateLimit, purpose: CountedPurpose, who: string): MaybePromise<RateStanding> {
    const count = this.count(purpose, who, 'hit');
    return whenKnown(count, (known) => ({ limit, used: known.count, resetMs: known.resetMs }));
  }

  private count(purpose: CountedPurpose, who: string, how: 'hit' | 'look'): MaybePromise<Count> {
    const count = this.store[how](purpose, who);
    if (!(count instanceof Promise)) return count;
    return count.catch((error: unknown) => {
      if (purpose.withoutStore === 'closed') throw new RateLimitUnavailableError({ cause: error });
      return this.fallback[how](purpose, who);
    });
  }
}

function purposeOf(name: LimitedAction, { windowMs, withoutStore, whenFull }: ActionPolicy): CountedPurpose {
  return { name, windowMs, withoutStore, whenFull };
}
