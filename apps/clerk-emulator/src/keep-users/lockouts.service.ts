import { Inject, Injectable } from '@nestjs/common';
import { type ClerkUser, lockUser, SIGN_IN_ATTEMPTS } from '../clerk/user';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { UserBannedError, UserDeactivatedError, UserLockedError } from '../sign-in-errors';
import { UserStore } from './user.store';
import { UsersService } from './users.service';
import { Notices } from '../notices/notices';

/** Locks users, on request or after too many wrong codes, and unlocks them. A lockout that expires sends no event. */
@Injectable()
export class LockoutsService {
  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly store: UserStore,
    private readonly users: UsersService,
    private readonly notices: Notices,
  ) {}

  lock(id: string): ClerkUser {
    return this.users.change(id, (user) => {
      lockUser(user, this.config.lockoutMs);
    });
  }

  unlock(id: string): ClerkUser {
    return this.users.change(id, (user) => {
      user.locked = false;
      user.lockout_expires_in_seconds = null;
      user.verification_attempts_remaining = SIGN_IN_ATTEMPTS;
    });
  }

  /** @throws UserBannedError, UserDeactivatedError, UserLockedError, ResourceNotFoundError */
  assertMaySignIn(id: string): void {
    const user = this.store.get(id);
    if (user.banned) throw new UserBannedError();
    if (user.deprovisioned) throw new UserDeactivatedError();
    if (user.locked) throw new UserLockedError();
  }

  /** Counts a wrong code. Locks the user when no attempt is left, and only then sends an event. */
  countFailure(id: string): void {
    const user = this.store.get(id);
    const left = Math.max(0, user.verification_attempts_remaining - 1);
    this.store.put({ ...user, verification_attempts_remaining: left });
    if (left > 0 || user.locked) return;
    this.lock(id);
    this.notices.add('user.locked', { user_id: id });
  }

  /** Restores all attempts after a correct code. */
  resetFailures(id: string): void {
    const user = this.store.get(id);
    this.store.put({ ...user, verification_attempts_remaining: SIGN_IN_ATTEMPTS });
  }
}
