import { type ClerkUser, SIGN_IN_ATTEMPTS } from '../clerk/user';

/** End of a user's lockout, in ms since 1970; null when it lasts until the user is unlocked. */
interface LockoutEnd {
  readonly user_id: string;
  readonly ends_at: number | null;
}

/**
 * When the lockout of each locked user ends. Kept as a time, because Clerk computes the remaining seconds anew at each
 * read.
 */
export class LockoutEnds {
  private readonly ends = new Map<string, number>();

  /**
   * Records when the lockout of `user` ends; for a user who is not locked, removes the record. Call this method
   * whenever a user is stored.
   *
   * @param now when the user is stored, in ms since 1970
   */
  note(user: ClerkUser, now: number): void {
    if (!user.locked) {
      this.ends.delete(user.id);
      return;
    }
    const shown = user.lockout_expires_in_seconds ?? Infinity;
    const known = this.ends.get(user.id);
    // Usually `user` is a changed copy, for example with a new name, of a user that the same request has read. The
    // remaining seconds of the copy were computed at that read and rounded up. A request takes less than 1 s, so they
    // exceed the seconds that remain now by at most 1. A difference of at most 1 s therefore means the same lockout,
    // whose end stays. A larger difference means a new lockout, whose end is recorded.
    const isSame =
      known !== undefined && (known === Infinity ? shown === Infinity : Math.abs(left(known, now) - shown) <= 1);
    if (!isSame) this.ends.set(user.id, now + shown * 1_000);
  }

  /**
   * The user as Clerk returns it at `now` (ms since 1970): with the remaining seconds of the lockout, or unlocked after
   * its end. Returns the same object when its fields are already right.
   */
  shown(user: ClerkUser, now: number): ClerkUser {
    const end = this.ends.get(user.id);
    if (end === undefined || !user.locked || end === Infinity) return user;
    if (end <= now) {
      return {
        ...user,
        locked: false,
        lockout_expires_in_seconds: null,
        verification_attempts_remaining: SIGN_IN_ATTEMPTS,
      };
    }
    const seconds = left(end, now);
    return seconds === user.lockout_expires_in_seconds ? user : { ...user, lockout_expires_in_seconds: seconds };
  }

  userIds(): string[] {
    return [...this.ends.keys()];
  }

  all(): LockoutEnd[] {
    return [...this.ends].map(([user_id, end]) => ({ user_id, ends_at: end === Infinity ? null : end }));
  }

  restore(lockouts: readonly LockoutEnd[]): void {
    for (const { user_id, ends_at } of lockouts) this.ends.set(user_id, ends_at ?? Infinity);
  }

  delete(userId: string): void {
    this.ends.delete(userId);
  }

  clear(): void {
    this.ends.clear();
  }
}

function left(end: number, now: number): number {
  return Math.ceil((end - now) / 1_000);
}
