import { type Activity, type MappedUser } from '../../clerk-user/map-clerk-user';

/**
 * What made Gatehouse look at the user:
 * - `webhook`: an event of Clerk.
 * - `first_login`: a login of a user that is not stored here.
 * - `conflict`: another user was observed with an address that this user has too, so Clerk was asked about both.
 * - `reconcile`: a reconcile run, or the review of an open conflict, which uses the code of a reconcile run.
 * - `confirmation`: the second check of a suspected absence.
 * - `sync`: an admin who asked for the current state.
 */
export type Source = 'webhook' | 'first_login' | 'conflict' | 'reconcile' | 'confirmation' | 'sync';

/** Origin of an observation, as `applied_events` records it. */
export interface Origin {
  /**
   * Id of the webhook event. For the source `reconcile`: `reconcile:<run id>:<Clerk id>`; for the others: event type,
   * colon, random UUID. Observations with the same id are applied once.
   */
  readonly id: string;
  readonly source: Source;
  readonly eventType: string;
  readonly attempt: number;
  readonly correlationId: string;
}

/**
 * State of a user's row when Clerk was asked. The marker of a live user is `<version>:<content hash>`. If the marker is
 * different later, the row has changed. `unknown`: the row was not read, so it counts as changed.
 */
export type RowMarker = 'unknown' | 'absent' | 'tombstone' | `${number}:${string}`;

/**
 * What an observation shows about the user.
 *
 * - `event`: the user as it was when Clerk created the event. `unproven`: the event does not name our Clerk instance.
 * - `snapshot`: the user as Clerk returned it. `before`: marker of the row when Clerk was asked. `confirmed`: Clerk was
 *   asked a second time, because its first answer was older than the row.
 * - `deletion`: the user is gone. `undoable`: no webhook reported the deletion, so personal data is kept for a day.
 * - `nothing`: only that the user was active.
 */
export type Seen =
  | { readonly kind: 'event'; readonly user: MappedUser; readonly unproven?: boolean }
  | { readonly kind: 'snapshot'; readonly user: MappedUser; readonly before: RowMarker; readonly confirmed: boolean }
  | { readonly kind: 'deletion'; readonly undoable?: boolean }
  | { readonly kind: 'nothing' };

/** What one source showed about one Clerk user. Every source passes observations to `ObservationApplier`. */
export interface Observation {
  readonly clerkUserId: string;
  readonly seen: Seen;
  readonly activity: Activity;
  /** Id of a Clerk session that has ended. */
  readonly endedSession?: string;
  /** The Clerk session that began; its start in milliseconds since the epoch. */
  readonly startedSession?: { readonly id: string; readonly startedAt: number };
  readonly origin: Origin;
}

/** An observation that was decided. */
export interface Settled {
  readonly settled: true;
  readonly userId: string | null;
  readonly decision: string;
  readonly reason: string;
  /** Whether the observation was applied before. If so, `decision` and `reason` repeat the earlier ones. */
  readonly repeated: boolean;
}

/**
 * An observation that needs an answer from Clerk first; nothing was written. `needs`:
 * - `fetch`: fetch the user from Clerk.
 * - `fetch-later`: fetch it after a delay, because Clerk's first answer was older than the row.
 * - `confirm`: fetch it, but create nothing if Clerk does not know the user, because the event is unproven.
 * - `resolve`: another user holds one of the user's addresses, so fetch all users concerned.
 */
export interface Unsettled {
  readonly settled: false;
  readonly needs: 'fetch' | 'fetch-later' | 'confirm' | 'resolve';
  readonly reason: string;
}

/** Result of applying one observation. */
export type ApplyResult = Settled | Unsettled;

/** Activity of a user for whom no time is known. */
export const noActivity: Activity = { lastLoginAt: null, lastLogoutAt: null, lastActiveAt: null };

/** For each kind of activity, the later time of the two. The order of the arguments does not matter. */
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
