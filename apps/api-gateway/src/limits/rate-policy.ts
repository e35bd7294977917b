import { type Tier } from '@gatehouse/contracts';
import { type Purpose } from './counter-store';

/** What of the gateway's work is limited together. */
export const rateClasses = ['docs', 'read', 'write', 'admin', 'login', 'exchange', 'sync'] as const;

/** What of the gateway's work is limited together. */
export type RateClass = (typeof rateClasses)[number];

/** So many requests in a window. */
export class RateLimit {
  /** As the header `RateLimit-Policy` tells it. */
  readonly told: string;

  constructor(
    readonly name: string,
    readonly requests: number,
    readonly windowMs: number,
  ) {
    this.told = `"${name}";q=${requests};w=${windowMs / 1_000}`;
  }
}

/** How a class of routes is limited. */
export interface RatePolicy {
  /** By who is asking. */
  readonly limits: Readonly<Record<Tier | 'anonymous', RateLimit>>;
  /** What happens while the shared store is away: `open` counts in memory, `closed` refuses. */
  readonly withoutStore: 'open' | 'closed';
  /** What happens while the memory of this class is full; see `Purpose`. */
  readonly whenFull: Purpose['whenFull'];
}

/** How a single act is limited. */
export type ActPolicy = Omit<RatePolicy, 'limits'> & { readonly limit: number; readonly windowMs: number };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const byTier = { free: 60, pro: 600, enterprise: 6_000 };

/**
 * The limits of each class. Where passwords and sessions are tried out, nothing happens uncounted: these are closed
 * while the store is away, and share counters while the memory is full; all else goes on, counted by each gateway for
 * itself.
 */
export const ratePolicies: Record<RateClass, RatePolicy> = {
  docs: { limits: same('docs', 120), withoutStore: 'open', whenFull: 'evict' },
  read: { limits: perMinute('read', { anonymous: 60, ...byTier }), withoutStore: 'open', whenFull: 'evict' },
  write: { limits: perMinute('write', { anonymous: 10, ...byTier }), withoutStore: 'open', whenFull: 'evict' },
  admin: { limits: same('admin', 3_000), withoutStore: 'open', whenFull: 'evict' },
  login: { limits: same('login', 20), withoutStore: 'closed', whenFull: 'share' },
  exchange: { limits: same('exchange', 20), withoutStore: 'closed', whenFull: 'share' },
  sync: { limits: same('sync', 60), withoutStore: 'open', whenFull: 'evict' },
};

/** Limits of single acts, besides those of the routes. */
export const actPolicies = {
  /** Unknown API keys from one address; beyond the limit chance decides, see `KeyGuesses`. */
  unknownKey: { limit: 20, windowMs: MINUTE_MS, withoutStore: 'open', whenFull: 'share' },
  /** Tokens by one name whose signature does not match, and about beyond how many chance decides; see `Forgeries`. */
  forgedToken: { limit: 20, windowMs: 1_000, withoutStore: 'open', whenFull: 'share' },
  /** Passwords tried for one account from one address. */
  loginFromAddress: { limit: 5, windowMs: 15 * MINUTE_MS, withoutStore: 'closed', whenFull: 'share' },
  /** Passwords tried for one account from anywhere: many addresses guess no faster. */
  loginOfAccount: { limit: 50, windowMs: 15 * MINUTE_MS, withoutStore: 'closed', whenFull: 'share' },
  /** Not limited, only remembered: from where an account was logged in to. */
  loggedIn: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open', whenFull: 'evict' },
  /** Not limited, only remembered: API keys that were let in, by their hash. */
  knownKey: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open', whenFull: 'evict' },
} as const satisfies Record<string, ActPolicy>;

/** A single act that is limited. */
export type LimitedAct = keyof typeof actPolicies;

function perMinute(name: RateClass, limits: Record<Tier | 'anonymous', number>): RatePolicy['limits'] {
  const limit = (requests: number) => new RateLimit(name, requests, MINUTE_MS);
  return {
    anonymous: limit(limits.anonymous),
    free: limit(limits.free),
    pro: limit(limits.pro),
    enterprise: limit(limits.enterprise),
  };
}

function same(name: RateClass, requests: number): RatePolicy['limits'] {
  return perMinute(name, { anonymous: requests, free: requests, pro: requests, enterprise: requests });
}
