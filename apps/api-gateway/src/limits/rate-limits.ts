import { isIPv6 } from 'node:net';
import { type Tier } from '@gatehouse/contracts';
import { clientAddress } from '@gatehouse/observability';
import { RateLimitUnavailableError, RateLimitedError } from '../errors';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { type Count, type CounterStore, type Purpose } from './counter-store';
import { MemoryCounters } from './memory-counters';
import { type ActPolicy, type LimitedAct, type RateClass, RateLimit, actPolicies, ratePolicies } from './rate-policy';

/** What a request has used of its limit. */
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

/** A purpose, and what happens while the shared store is away. */
type CountedPurpose = Purpose & { readonly withoutStore: 'open' | 'closed' };

/** Counts requests per class of routes and caller, and refuses those beyond the limit. */
export class RateLimits {
  private readonly insurance: MemoryCounters;

  constructor(private readonly store: CounterStore) {
    this.insurance = store instanceof MemoryCounters ? store : new MemoryCounters();
  }

  /** Counts a request of a class; `who` is a user's id or an address. Throws RateLimitUnavailableError. */
  ofClass(rateClass: RateClass, who: string, tier: Tier | 'anonymous'): MaybePromise<RateStanding> {
    const { limits, withoutStore, whenFull } = ratePolicies[rateClass];
    const limit = limits[tier];
    return this.standing(limit, { name: rateClass, windowMs: limit.windowMs, withoutStore, whenFull }, who);
  }

  /** Counts a request against the limit of the API key that it came with, per minute. */
  ofKey(keyId: string, requests: number): MaybePromise<RateStanding> {
    return this.standing(new RateLimit('api-key', requests, KEY_WINDOW_MS), ofKeys, keyId);
  }

  /** Counts an act, and throws RateLimitedError when it has been done too often. */
  async act(act: LimitedAct, who: string): Promise<void> {
    const { count, resetMs } = await this.note(act, who);
    if (count > actPolicies[act].limit) throw new RateLimitedError(resetMs);
  }

  /** Counts an act, however often it has been done; returns how often. */
  async note(act: LimitedAct, who: string): Promise<Count> {
    return this.count(purposeOf(act, actPolicies[act]), who, 'hit');
  }

  /** Returns how often an act has been done in the current window; counts nothing. */
  async countOf(act: LimitedAct, who: string): Promise<Count> {
    return this.count(purposeOf(act, actPolicies[act]), who, 'look');
  }

  /** Whether an act has been done in the current window; counts nothing. */
  async hasActed(act: LimitedAct, who: string): Promise<boolean> {
    return (await this.countOf(act, who)).count > 0;
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
      return this.insurance[how](purpose, who);
    });
  }
}

function purposeOf(name: LimitedAct, { windowMs, withoutStore, whenFull }: ActPolicy): CountedPurpose {
  return { name, windowMs, withoutStore, whenFull };
}

/** All addresses that are none are counted together: a header that nobody checks would bring new ones for ever. */
const NO_ADDRESS = 'none';

/** An address as it is counted: of IPv6 the /64 alone, because one host has all of it. */
export function countedAddress(address: string): string {
  const plain = clientAddress(address);
  if (plain === undefined) return NO_ADDRESS;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%', 1)[0] ?? '').split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(zeros, 0) }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
