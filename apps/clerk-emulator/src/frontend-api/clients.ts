import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type ClerkSession, isLive, type SessionOptions } from '../clerk/session';
import { SessionNotLiveError, UserBannedError } from '../sign-in-errors';
import { SessionStore } from '../keep-sessions/session.store';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UserStore } from '../keep-users/user.store';
import { NOW } from '../tokens';
import { type BrowserClient, newBrowserClient, type SignInStrategy } from './browser-client';
import { DevBrowsers } from './dev-browser.store';

/** Clients of browsers, and their sessions. */
@Injectable()
export class Clients {
  constructor(
    private readonly devBrowsers: DevBrowsers,
    private readonly store: SessionStore,
    private readonly sessions: SessionsService,
    private readonly users: UserStore,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** The client of a browser, which gets one now if it has none. */
  open(devBrowserId: string): BrowserClient {
    const known = this.devBrowsers.clientOf(devBrowserId);
    if (known) return known;
    const now = this.now();
    const created = newBrowserClient(newId('client', now), now);
    this.devBrowsers.put(devBrowserId, created);
    return created;
  }

  /** Records which sign-in or sign-up is under way. */
  begin(devBrowserId: string, attempt: Pick<BrowserClient, 'sign_in_id'> | Pick<BrowserClient, 'sign_up_id'>): void {
    this.devBrowsers.put(devBrowserId, { ...this.open(devBrowserId), ...attempt });
  }

  /** Starts a session of the user in the browser, and makes it the active one. @param strategy null: by no attempt */
  signIn(
    devBrowserId: string,
    userId: string,
    strategy: SignInStrategy | null,
    options: Pick<SessionOptions, 'status' | 'actor'> = {},
  ): ClerkSession {
    const client = this.open(devBrowserId);
    const session = this.sessions.signIn(userId, { ...options, clientId: client.id });
    this.change(devBrowserId, (live) => ({
      session_ids: [...live, session.id],
      last_active_session_id: session.id,
      last_authentication_strategy: strategy ?? client.last_authentication_strategy,
      sign_in_id: null,
      sign_up_id: null,
    }));
    return session;
  }

  /** Sessions of the client that have not ended, in the order of their sign-ins. */
  liveSessions({ session_ids }: BrowserClient): ClerkSession[] {
    const known = session_ids.map((id) => this.store.find(id)).filter((session) => session !== undefined);
    return known.filter((session) => isLive(session, this.now()));
  }

  /** The session with this id; without an id, the active one. @throws SessionNotLiveError, UserBannedError */
  liveSession(devBrowserId: string, id?: string): ClerkSession {
    const client = this.devBrowsers.clientOf(devBrowserId);
    const wanted = id ?? client?.last_active_session_id ?? undefined;
    const session = wanted !== undefined && client?.session_ids.includes(wanted) ? this.store.find(wanted) : undefined;
    if (!session) throw new SessionNotLiveError();
    if (this.users.get(session.user_id).banned) throw new UserBannedError();
    if (!isLive(session, this.now())) throw new SessionNotLiveError();
    return session;
  }

  /** Records that the user is active in the session. With `select`, makes it the active session of the browser. */
  touch(devBrowserId: string, sessionId: string, select: boolean): void {
    this.sessions.touch(sessionId);
    if (select && this.open(devBrowserId).last_active_session_id !== sessionId) {
      this.change(devBrowserId, () => ({ last_active_session_id: sessionId }));
    }
  }

  /** Ends one session of the browser. */
  signOut(devBrowserId: string, sessionId: string, how: 'removed' | 'ended'): ClerkSession {
    const ended = this.sessions.finish(sessionId, how);
    this.change(devBrowserId, () => ({}));
    return ended;
  }

  /** Ends all sessions of the browser. The client stays. */
  signOutOfAll(devBrowserId: string): void {
    const client = this.devBrowsers.clientOf(devBrowserId);
    if (!client) return;
    for (const { id } of this.liveSessions(client)) this.sessions.finish(id, 'removed');
    this.change(devBrowserId, () => ({}));
  }

  /** Changes the sessions of a client, and forgets those that have ended. Another live session becomes active. */
  private change(devBrowserId: string, changes: (liveIds: string[]) => Partial<BrowserClient>): void {
    const before = this.open(devBrowserId);
    const liveIds = this.liveSessions(before).map(({ id }) => id);
    const changed = { ...before, session_ids: liveIds, ...changes(liveIds) };
    const { session_ids, last_active_session_id: active } = changed;
    this.devBrowsers.put(devBrowserId, {
      ...changed,
      last_active_session_id: active !== null && session_ids.includes(active) ? active : (session_ids.at(-1) ?? null),
      updated_at: Math.max(this.now(), before.updated_at + 1),
    });
  }
}
