import { Injectable } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { SessionsService } from '../keep-sessions/sessions.service';
import { LockoutsService } from '../keep-users/lockouts.service';
import { UsersService } from '../keep-users/users.service';

/** Bans, locks and deprovisions users. Each change sends `user.updated`. */
@Injectable()
export class ModerationService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
  ) {}

  /** Bans the user and revokes the user's sessions. */
  ban(id: string): ClerkUser {
    const user = this.users.change(id, (changed) => void (changed.banned = true));
    this.sessions.revokeAllOf(id);
    return user;
  }

  unban(id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.banned = false));
  }

  /** Locks the user, who keeps existing sessions but cannot start new ones. */
  lock(id: string): ClerkUser {
    return this.lockouts.lock(id);
  }

  unlock(id: string): ClerkUser {
    return this.lockouts.unlock(id);
  }

  /** Deprovisions the user, who keeps existing sessions but cannot start new ones. */
  deprovision(id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.deprovisioned = true));
  }

  reprovision(id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.deprovisioned = false));
  }
}
