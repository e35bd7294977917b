import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { type ClerkSession, newSession, type SessionStatus } from '../clerk/session';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { UserBannedError, UserLockedError } from '../errors';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { SessionStore } from './session.store';

/** Begins and ends sessions; each change is announced by a `session.*` webhook that carries the user too. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly userStore: UserStore,
    private readonly users: UsersService,
    private readonly events: EventPublisher,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Signs the user in: `last_sign_in_at` moves (a `user.updated`), then the session exists (`session.created`). */
  signIn(userId: string): ClerkSession {
    const { banned, locked } = this.userStore.get(userId);
    if (banned) throw new UserBannedError();
    if (locked) throw new UserLockedError();
    const user = this.users.change(userId, (changed, now) => {
      changed.last_sign_in_at = now;
      changed.last_active_at = now;
    });
    const session = newSession(userId, user.updated_at);
    this.save('session.created', session);
    return session;
  }

  /** Ends an active session in one of Clerk's ways; a session that has ended already stays as it is. */
  finish(id: string, status: Exclude<SessionStatus, 'active'>): ClerkSession {
    const before = this.store.get(id);
    if (before.status !== 'active') return before;
    const session = { ...before, status, updated_at: Math.max(this.now(), before.updated_at + 1) };
    this.save(`session.${status}`, session);
    return session;
  }

  /** Revokes whatever sessions the user has. */
  revokeAllOf(userId: string): void {
    for (const session of this.store.all()) if (session.user_id === userId) this.finish(session.id, 'revoked');
  }

  private save(type: `session.${string}`, session: ClerkSession): void {
    this.store.put(session);
    const data = { ...session, user: this.userStore.get(session.user_id) };
    this.events.publish(type, data, { userId: session.user_id, at: session.updated_at });
  }
}
