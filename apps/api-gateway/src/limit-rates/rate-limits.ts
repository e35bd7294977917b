import { isIPv6 } from 'node:net';
import { type Tier } from '@gatehouse/contracts';
import { clientAddress } from '@gatehouse/observability';
import { RateLimitUnavailableError, RateLimitedError } from '../errors';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { type Count, type CounterStore, MemoryCounters } from './counter-store';
import { type LimitedAct, type RateClass, RateLimit, actPolicies, ratePolicies } from './rate-policy';

/** What a request has used of its limit. */
export interface RateStanding {
  readonly limit: RateLimit;
  readonly used: number;
  readonly resetMs: number;
}

const KEY_WINDOW_MS = 60_000;

/** Counts requests per class of routes and caller, and refuses those beyond the limit. */
export class RateLimits {
  private readonly insurance: MemoryCounters;

  constructor(private readonly store: CounterStore) {
    this.insurance = store instanceof MemoryCounters ? store : new MemoryCounters();
  }

  /** Counts a request of a class; `who` is a user's id or an address. Throws RateLimitUnavailableError. */
  ofClass(rateClass: RateClass, who: string, tier: Tier | 'anonymous'): MaybePromise<RateStanding> {
    const { limits, withoutStore } = ratePolicies[rateClass];
    return this.standing(limits[tier], `${rateClass}:${who}`, withoutStore);
  }

  /** Counts a request against the limit of the API key that it came with, per minute. */
  ofKey(keyId: string, requests: number): MaybePromise<RateStanding> {
    return this.standing(new RateLimit('api-key', requests, KEY_WINDOW_MS), `api-key:${keyId}`, 'open');
  }

  /** Counts an act, and throws RateLimitedError when it has been done too often. */
  async act(act: LimitedAct, who: string): Promise<void> {
    const { limit, windowMs, withoutStore } = actPolicies[act];
    const { count, resetMs } = await this.count(`${act}:${who}`, windowMs, withoutStore, 'hit');
    if (count > limit) throw new RateLimitedError(resetMs);
  }

  /** Throws RateLimitedError when an act has been done as often as it may be; counts nothing. */
  async mayAct(act: LimitedAct, who: string): Promise<void> {
    const { limit, windowMs, withoutStore } = actPolicies[act];
    const { count, resetMs } = await this.count(`${act}:${who}`, windowMs, withoutStore, 'look');
    if (count >= limit) throw new RateLimitedError(resetMs);
  }

  /** Whether an act has been done in the window that is running; counts nothing. */
  async hasActed(act: LimitedAct, who: string): Promise<boolean> {
    const { windowMs, withoutStore } = actPolicies[act];
    return (await this.count(`${act}:${who}`, windowMs, withoutStore, 'look')).count > 0;
  }

  private standing(limit: RateLimit, key: string, withoutStore: 'open' | 'closed'): MaybePromise<RateStanding> {
    const count = this.count(key, limit.windowMs, withoutStore, 'hit');
    return whenKnown(count, (known) => ({ limit, used: known.count, resetMs: known.resetMs }));
  }

  private count(
    key: string,
    windowMs: number,
    withoutStore: 'open' | 'closed',
    how: 'hit' | 'look',
  ): MaybePromise<Count> {
    const count = this.store[how](key, windowMs);
    if (!(count instanceof Promise)) return count;
    return count.catch((error: unknown) => {
      if (withoutStore === 'closed') throw new RateLimitUnavailableError(error);
      return this.insurance[how](key, windowMs);
    });
  }
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
