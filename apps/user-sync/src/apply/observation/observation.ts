import { type Activity, type MappedUser } from '../../clerk-user/map-clerk-user';

/** Where an observation came from. */
export type Source = 'webhook' | 'first_login' | 'conflict' | 'reconcile' | 'confirmation' | 'sync';

/** What `applied_events` tells of an observation besides its decision. */
export interface Origin {
  /** The webhook's id; for another source, `<source>:<id of what caused it>`. */
  readonly id: string;
  readonly source: Source;
  readonly eventType: string;
  readonly attempt: number;
  readonly correlationId: string;
}

/**
 * A row as it was when Clerk was asked: what tells whether it has changed since. `unknown`: nobody looked, so it counts
 * as changed.
 */
export type RowMarker = 'unknown' | 'absent' | 'tombstone' | `${number}:${string}`;

/**
 * What was seen of the user. `unproven`: the event does not name our Clerk instance. `nothing`: only that it did
 * something. `undoable`: no webhook reported the deletion, so personal data stays for a while.
 */
export type Seen =
  | { readonly kind: 'event'; readonly user: MappedUser; readonly unproven?: boolean }
  | { readonly kind: 'snapshot'; readonly user: MappedUser; readonly before: RowMarker; readonly confirmed: boolean }
  | { readonly kind: 'deletion'; readonly undoable?: boolean }
  | { readonly kind: 'nothing' };

/** One thing that was seen of one Clerk user: what every source hands to the one apply function. */
export interface Observation {
  readonly clerkUserId: string;
  readonly seen: Seen;
  readonly activity: Activity;
  /** The Clerk session that this says is over. */
  readonly endedSession?: string;
  readonly origin: Origin;
}

/** What was decided about an observation, and why. */
export interface Settled {
  readonly settled: true;
  readonly userId: string | null;
  readonly decision: string;
  readonly reason: string;
  /** It was applied before: this repeats what was decided then. */
  readonly repeated: boolean;
}

/**
 * Clerk is to be asked before it can be decided; nothing was written. `confirm`: whether it has the user, who is created
 * only then. `resolve`: about several users.
 */
export interface Unsettled {
  readonly settled: false;
  readonly needs: 'fetch' | 'fetch-later' | 'confirm' | 'resolve';
  readonly reason: string;
}

/** What became of an observation. */
export type ApplyResult = Settled | Unsettled;

/** An activity of which nothing is known. */
export const noActivity: Activity = { lastLoginAt: null, lastLogoutAt: null, lastActiveAt: null };

/** The later of each; commutative, so that the order of events does not matter. */
export function laterActivity(a: Activity, b: Activity): Activity {
  return {
    lastLoginAt: later(a.lastLoginAt, b.lastLoginAt),
    lastLogoutAt: later(a.lastLogoutAt, b.lastLogoutAt),
    lastActiveAt: later(a.lastActiveAt, b.lastActiveAt),
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
