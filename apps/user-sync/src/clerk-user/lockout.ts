import { type ClerkUser, latestTimeMs } from '@gatehouse/contracts';

/**
 * A lockout at Clerk after too many failed sign-ins. Admins can see it, but the user can still use Gatehouse: anybody
 * who knows the user's address can cause a lockout. Clerk sends no event when a lockout ends.
 */
export interface Lockout {
  readonly locked: boolean;
  /**
   * End of the lockout, in milliseconds since the epoch; null when the user is not locked, or is locked without an end.
   */
  readonly expiresAt: number | null;
}

/** State of a user who is not locked. */
export const notLocked: Lockout = { locked: false, expiresAt: null };

/** Lockout of a user that Clerk sent at `observedAt` (milliseconds). The remaining seconds count from that time. */
export function lockoutOf(user: Pick<ClerkUser, 'locked' | 'lockout_expires_in_seconds'>, observedAt: number): Lockout {
  if (user.locked !== true) return notLocked;
  const seconds = user.lockout_expires_in_seconds ?? null;
  if (seconds === null) return { locked: true, expiresAt: null };
  return { locked: true, expiresAt: Math.min(Math.max(0, Math.round(observedAt + seconds * 1_000)), latestTimeMs) };
}

/** The lockout at the time `at` (milliseconds): {@link notLocked} once it has expired. */
export function lockoutAt(lockout: Lockout, at: number): Lockout {
  return lockout.locked && (lockout.expiresAt === null || lockout.expiresAt > at) ? lockout : notLocked;
}
