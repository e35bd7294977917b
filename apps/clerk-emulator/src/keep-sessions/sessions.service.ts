import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type ClerkSession, newSession, type SessionOptions, type SessionStatus } from '../clerk/session';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { LockoutsService } from '../keep-users/lockouts.service';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { NOW } from '../tokens';
import { SessionStore } from './session.store';

/** Starts and ends sessions. Each change sends a `session.*` webhook that includes the user. */
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
   * Signs the user in. Updates `last_sign_in_at` and sends `user.updated`. Then creates the session and sends
   * `session.created`, or `session.pending` for a pending session.
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

  /** Makes a pending session active, as when its tasks are done. */
  activate(id: string): ClerkSession {
    const before = this.store.get(id);
    if (before.status !== 'pending') return before;
    const session = { ...before, status: 'active' as const, updated_at: this.nextUpdate(before) };
    this.save('session.created', session);
    return session;
  }

  /** Records that the user is active in the session. Sends no event. */
  touch(id: string): void {
    this.store.put({ ...this.store.get(id), last_active_at: this.now() });
  }

  /** Ends a session with the given status; does nothing when it has ended already. */
  finish(id: string, status: Exclude<SessionStatus, 'active' | 'pending'>): ClerkSession {
    const before = this.store.get(id);
    if (before.status !== 'active' && before.status !== 'pending') return before;
    const session = { ...before, status, updated_at: this.nextUpdate(before) };
    this.save(`session.${status}`, session);
    return session;
  }

  /** Revokes all sessions of the user. */
  revokeAllOf(userId: string): void {
    for (const session of this.store.all()) if (session.user_id === userId) this.finish(session.id, 'revoked');
  }

  private nextUpdate(before: ClerkSession): number {
    return Math.max(this.now(), before.updated_at + 1);
  }

  private save(type: `session.${string}`, session: ClerkSession): void {
    this.store.put(session);
    const data = { ...session, user: this.userStore.get(session.user_id) };
    this.events.publish(type, data, { userId: session.user_id, at: session.updated_at });
  }
}
