import { type Tier } from '@gatehouse/contracts';

/** What of the gateway's work is limited together. */
export const rateClasses = ['docs', 'read', 'write', 'admin', 'login', 'exchange', 'sync'] as const;

/** What of the gateway's work is limited together. */
export type RateClass = (typeof rateClasses)[number];

/** How a class of routes is limited. */
export interface RatePolicy {
  /** Requests in a window, by who is asking. */
  readonly limits: Readonly<Record<Tier | 'anonymous', number>>;
  readonly windowMs: number;
  /** What happens while the shared store is away: `open` counts in memory, `closed` refuses. */
  readonly withoutStore: 'open' | 'closed';
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const tiers = { free: 60, pro: 600, enterprise: 6_000 };
const same = (limit: number) => ({ anonymous: limit, free: limit, pro: limit, enterprise: limit });

/**
 * The limits of each class. Where passwords and sessions are tried out, nothing happens uncounted: these are closed
 * while the store is away; all else goes on, counted by each gateway for itself.
 */
export const ratePolicies: Record<RateClass, RatePolicy> = {
  docs: { limits: same(120), windowMs: MINUTE_MS, withoutStore: 'open' },
  read: { limits: { anonymous: 60, ...tiers }, windowMs: MINUTE_MS, withoutStore: 'open' },
  write: { limits: { anonymous: 10, ...tiers }, windowMs: MINUTE_MS, withoutStore: 'open' },
  admin: { limits: same(3_000), windowMs: MINUTE_MS, withoutStore: 'open' },
  login: { limits: same(20), windowMs: MINUTE_MS, withoutStore: 'closed' },
  exchange: { limits: same(20), windowMs: MINUTE_MS, withoutStore: 'closed' },
  sync: { limits: same(60), windowMs: MINUTE_MS, withoutStore: 'open' },
};

/** Limits of single acts, besides those of the routes. */
export const actPolicies = {
  /** API keys from one address of which nobody knows anything: guesses. */
  unknownKey: { limit: 20, windowMs: MINUTE_MS, withoutStore: 'open' },
  /** Tokens from one address whose signature does not match; an expired one is nobody's forgery. */
  forgedToken: { limit: 60, windowMs: MINUTE_MS, withoutStore: 'open' },
  /** Passwords tried for one account from one address. */
  loginFromAddress: { limit: 5, windowMs: 15 * MINUTE_MS, withoutStore: 'closed' },
  /** Passwords tried for one account from anywhere: many addresses guess no faster. */
  loginOfAccount: { limit: 50, windowMs: 15 * MINUTE_MS, withoutStore: 'closed' },
  /** Not limited, only remembered: from where an account was logged in to. */
  loggedIn: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open' },
} as const;

/** A single act that is limited. */
export type LimitedAct = keyof typeof actPolicies;
