import { Injectable } from '@nestjs/common';
import { type ClerkSession } from '../clerk/session';
import { ResourceNotFoundError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';

const SESSIONS_KEPT = 100_000;

/** Every session, in memory, the oldest of very many forgotten; in order of creation. A stored session is never changed in place. */
@Injectable()
export class SessionStore {
  private readonly sessions = new Map<string, ClerkSession>();

  constructor(private readonly changes: ChangeSignal) {}

  get size(): number {
    return this.sessions.size;
  }

  /** @throws ResourceNotFoundError */
  get(id: string): ClerkSession {
    const session = this.sessions.get(id);
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
    this.changes.mark();
  }

  clear(): void {
    this.sessions.clear();
    this.changes.mark();
  }

  deleteOf(userId: string): void {
    for (const session of this.sessions.values()) if (session.user_id === userId) this.sessions.delete(session.id);
    this.changes.mark();
  }
}
