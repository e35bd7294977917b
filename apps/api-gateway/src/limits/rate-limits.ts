import { type Tier } from '@gatehouse/contracts';
import { type Purpose } from './counter-store';

/** Classes of routes; each has its own rate limit. */
export const rateClasses = [
  ...(['docs', 'read', 'write', 'admin', 'login', 'exchange', 'sync', 'export'] as const),
  ...(['gate-read', 'gate-write'] as const),
] as const;

/** Class of routes with its own rate limit. */
export type RateClass = (typeof rateClasses)[number];

/** At most `requests` per window. */
export class RateLimit {
  /** Value of the header `RateLimit-Policy`. */
  readonly policy: string;

  constructor(
    readonly name: string,
    readonly requests: number,
    readonly windowMs: number,
  ) {
    this.policy = `"${name}";q=${requests};w=${windowMs / 1_000}`;
  }
}

/** Rate limit of a class of routes. */
export interface RatePolicy {
  /** By tier of the caller. */
  readonly limits: Readonly<Record<Tier | 'anonymous', RateLimit>>;
  /** While the shared store is unavailable: `open` counts in memory, `closed` rejects requests. */
  readonly withoutStore: 'open' | 'closed';
  /**
   * How a caller without a counter is counted while the in-memory counters of this class are full; see
   * `Purpose.whenFull`.
   */
  readonly whenFull: Purpose['whenFull'];
}

/** Limit of a single action. */
export type ActionPolicy = Omit<RatePolicy, 'limits'> & { readonly limit: number; readonly windowMs: number };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const byTier = { free: 60, pro: 600, enterprise: 6_000 };
/** Requests to services behind the gate: a page may take twenty or more at once. */
const behindTheGate = { anonymous: 1_200, free: 1_200, pro: 12_000, enterprise: 120_000 };

/**
 * Rate limits per minute, by class and tier.
 *
 * While the shared store is unavailable, logins and exchanges are rejected. Each gateway then counts the other classes
 * in its own memory. While the counters of a class in memory are full, a new caller gets the place of the counter whose
 * window ends first.
 *
 * Logins and exchanges are counted in memory only with `RATE_LIMIT_STORE=memory`. While those counters are full, new
 * callers share counters, so that no attempt is uncounted.
 */
export const ratePolicies: Record<RateClass, RatePolicy> = {
  docs: { limits: same('docs', 120), withoutStore: 'open', whenFull: 'evict' },
  read: { limits: perMinute('read', { anonymous: 60, ...byTier }), withoutStore: 'open', whenFull: 'evict' },
  write: { limits: perMinute('write', { anonymous: 10, ...byTier }), withoutStore: 'open', whenFull: 'evict' },
  admin: { limits: same('admin', 3_000), withoutStore: 'open', whenFull: 'evict' },
  login: { limits: same('login', 20), withoutStore: 'closed', whenFull: 'share' },
  exchange: { limits: same('exchange', 20), withoutStore: 'closed', whenFull: 'share' },
  sync: { limits: same('sync', 60), withoutStore: 'open', whenFull: 'evict' },
  export: { limits: same('export', 5), withoutStore: 'open', whenFull: 'share' },
  'gate-read': { limits: perMinute('gate-read', behindTheGate), withoutStore: 'open', whenFull: 'evict' },
  'gate-write': { limits: perMinute('gate-write', behindTheGate), withoutStore: 'open', whenFull: 'evict' },
};

/** Limits of single actions, in addition to the rate limits of routes. */
export const actionPolicies = {
  /** Unknown API keys per address; beyond the limit, a random draw decides on each key, see `KeyGuesses`. */
  unknownKey: { limit: 20, windowMs: MINUTE_MS, withoutStore: 'open', whenFull: 'share' },
  /** Forged tokens per address or session; beyond the limit, a random draw decides on each token, see `Forgeries`. */
  forgedToken: { limit: 20, windowMs: 1_000, withoutStore: 'open', whenFull: 'share' },
  /** Login attempts at one account from one address. */
  loginFromAddress: { limit: 5, windowMs: 15 * MINUTE_MS, withoutStore: 'closed', whenFull: 'share' },
  /**
   * Login attempts at one account from all addresses together. Without this limit, each further address would bring a
   * guesser five more attempts. Does not count addresses from which the account has logged in, see `loggedIn`.
   */
  loginOfAccount: { limit: 50, windowMs: 15 * MINUTE_MS, withoutStore: 'closed', whenFull: 'share' },
  /** Referral codes that one user tries. */
  referralCodeOfUser: { limit: 10, windowMs: 15 * MINUTE_MS, withoutStore: 'open', whenFull: 'share' },
  /** Referral codes that are tried from one address, by all users together. */
  referralCodeFromAddress: { limit: 100, windowMs: 15 * MINUTE_MS, withoutStore: 'open', whenFull: 'share' },
  /** Not a limit: remembers for 30 days from which addresses an account has logged in. */
  loggedIn: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open', whenFull: 'evict' },
  /** Not a limit: remembers for 30 days which API keys were accepted, by their hash. */
  knownKey: { limit: Infinity, windowMs: 30 * DAY_MS, withoutStore: 'open', whenFull: 'evict' },
} as const satisfies Record<string, ActionPolicy>;

/** Name of a limited action. */
export type LimitedAction = keyof typeof actionPolicies;

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
