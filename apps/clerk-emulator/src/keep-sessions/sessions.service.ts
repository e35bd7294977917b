import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { type ClerkSession, newSession, type SessionOptions, type SessionStatus } from '../clerk/session';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { LockoutsService } from '../moderate-users/lockouts.service';
import { SessionStore } from './session.store';

/** Begins and ends sessions; each change is announced by a `session.*` webhook that carries the user too. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly userStore: UserStore,
    private readonly users: UsersService,
    private readonly lockouts: LockoutsService,
    private readonly events: EventPublisher,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /**
   * Signs the user in: `last_sign_in_at` moves (a `user.updated`), then the session exists (`session.created`, or
   * `session.pending` while tasks are left).
   */
  signIn(userId: string, options: SessionOptions = {}): ClerkSession {
    this.lockouts.assertMaySignIn(userId);
    const user = this.users.change(userId, (changed, now) => {
      changed.last_sign_in_at = now;
      changed.last_active_at = now;
    });
    const session = newSession(userId, user.updated_at, options);
    this.save(session.status === 'pending' ? 'session.pending' : 'session.created', session);
    return session;
  }

  /** The tasks are done: a pending session becomes active. */
  activate(id: string): ClerkSession {
    const before = this.store.get(id);
    if (before.status !== 'pending') return before;
    const session = { ...before, status: 'active' as const, updated_at: this.later(before) };
    this.save('session.created', session);
    return session;
  }

  /** Ends a session in one of Clerk's ways; one that has ended already stays as it is. */
  finish(id: string, status: Exclude<SessionStatus, 'active' | 'pending'>): ClerkSession {
    const before = this.store.get(id);
    if (before.status !== 'active' && before.status !== 'pending') return before;
    const session = { ...before, status, updated_at: this.later(before) };
    this.save(`session.${status}`, session);
    return session;
  }

  /** Revokes whatever sessions the user has. */
  revokeAllOf(userId: string): void {
    for (const session of this.store.all()) if (session.user_id === userId) this.finish(session.id, 'revoked');
  }

  private later(before: ClerkSession): number {
    return Math.max(this.now(), before.updated_at + 1);
  }

  private save(type: `session.${string}`, session: ClerkSession): void {
    this.store.put(session);
    const data = { ...session, user: this.userStore.get(session.user_id) };
    this.events.publish(type, data, { userId: session.user_id, at: session.updated_at });
  }
}
