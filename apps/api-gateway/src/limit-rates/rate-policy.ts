import { type Tier } from '@gatehouse/contracts';

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
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const byTier = { free: 60, pro: 600, enterprise: 6_000 };

/**
 * The limits of each class. Where passwords and sessions are tried out, nothing happens uncounted: these are closed
 * while the store is away; all else goes on, counted by each gateway for itself.
 */
export const ratePolicies: Record<RateClass, RatePolicy> = {
  docs: { limits: same('docs', 120), withoutStore: 'open' },
  read: { limits: perMinute('read', { anonymous: 60, ...byTier }), withoutStore: 'open' },
  write: { limits: perMinute('write', { anonymous: 10, ...byTier }), withoutStore: 'open' },
  admin: { limits: same('admin', 3_000), withoutStore: 'open' },
  login: { limits: same('login', 20), withoutStore: 'closed' },
  exchange: { limits: same('exchange', 20), withoutStore: 'closed' },
  sync: { limits: same('sync', 60), withoutStore: 'open' },
};

/** Limits of single acts, besides those of the routes. */
export const actPolicies = {
  /** API keys from one address of which nobody knows anything: guesses. */
  unknownKey: { limit: 20, windowMs: MINUTE_MS, withoutStore: 'open' },
  /** Tokens by one name whose signature does not match, and about beyond how many chance decides; see `Forgeries`. */
  forgedToken: { limit: 20, windowMs: 1_000, withoutStore: 'open' },
  /** Passwords tried for one account from one address. */
  loginFromAddress: { limit: 5, windowMs: 15 * MINUTE_MS, withoutStore: 'closed' },
  /** Passwords tried for one account from anywhere: many addresses guess no faster. */
  loginOfAccount: { limit: 50, windowMs: 15 * MINUTE_MS, withoutStore: 'closed' },
  /** Not limited, only remembered: from where an account was logged in to. */
  loggedIn: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open' },
} as const;

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
