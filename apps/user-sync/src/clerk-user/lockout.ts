import { type ClerkUser, latestTimeMs } from '@gatehouse/contracts';

/**
 * A lockout at Clerk after too many failed sign-ins. An attacker who knows an address can cause one, and it ends without an
 * event: it is shown to admins and never affects trust.
 */
export interface Lockout {
  readonly locked: boolean;
  /** Milliseconds; null when the user is not locked, or is locked without an end. */
  readonly expiresAt: number | null;
}

/** State of a user who is not locked. */
export const notLocked: Lockout = { locked: false, expiresAt: null };

/** Lockout of a user as Clerk sent it at `observedAt` (milliseconds), from when Clerk counts the seconds. */
export function lockoutOf(user: Pick<ClerkUser, 'locked' | 'lockout_expires_in_seconds'>, observedAt: number): Lockout {
  if (user.locked !== true) return notLocked;
  const seconds = user.lockout_expires_in_seconds ?? null;
  if (seconds === null) return { locked: true, expiresAt: null };
  return { locked: true, expiresAt: Math.min(Math.max(0, Math.round(observedAt + seconds * 1_000)), latestTimeMs) };
}

/** Lockout at a moment (milliseconds): it is over once its end has passed. */
export function lockoutAt(lockout: Lockout, at: number): Lockout {
  return lockout.locked && (lockout.expiresAt === null || lockout.expiresAt > at) ? lockout : notLocked;
}
