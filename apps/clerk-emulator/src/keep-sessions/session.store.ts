import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type ClerkSession } from '../clerk/session';
import { ResourceNotFoundError } from '../errors';
import { UserStore } from '../keep-users/user.store';
import { EmulatorState } from '../persist-state/emulator-state';
import { savedRecord } from '../persist-state/saved-state';

const SESSIONS_KEPT = 100_000;

/** Field of the state file that holds the sessions. */
const savedSessions = z.object({
  sessions: z.array(
    savedRecord<ClerkSession>({ id: z.string(), user_id: z.string(), status: z.string(), expire_at: z.number() }),
  ),
});

/**
 * The sessions, in memory and in order of creation. Keeps the latest 100 000: an older session is removed without a
 * webhook, even if it is active, and gets no more tokens. Sessions of deleted users are removed too. A change stores a
 * new object, so a session that a caller got earlier never changes.
 */
@Injectable()
export class SessionStore {
  private readonly sessions = new Map<string, ClerkSession>();

  constructor(
    private readonly state: EmulatorState,
    users: UserStore,
  ) {
    users.onDelete((userId) => this.deleteOf(userId));
    state.register({
      reset: () => this.clear(),
      saved: {
        schema: savedSessions,
        save: () => ({ sessions: this.all() }),
        restore: ({ sessions }) => sessions.forEach((session) => this.put(session)),
      },
    });
  }

  get size(): number {
    return this.sessions.size;
  }

  find(id: string): ClerkSession | undefined {
    return this.sessions.get(id);
  }

  /** @throws ResourceNotFoundError */
  get(id: string): ClerkSession {
    const session = this.find(id);
    if (!session) throw new ResourceNotFoundError('session', id);
    return session;
  }

  all(): ClerkSession[] {
    return [...this.sessions.values()];
  }

  put(session: ClerkSession): void {
    this.sessions.set(session.id, session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > SESSIONS_KEPT && oldest !== undefined) this.sessions.delete(oldest);
    this.state.markChanged();
  }

  private clear(): void {
    this.sessions.clear();
    this.state.markChanged();
  }

  private deleteOf(userId: string): void {
    for (const session of this.sessions.values()) if (session.user_id === userId) this.sessions.delete(session.id);
    this.state.markChanged();
  }
}
