import { Inject, Injectable } from '@nestjs/common';
import { ClerkSessions, isLiveAtClerk, isRequestRefused } from '../../clerk/clerk-sessions';
import { type UserSyncConfig } from '../../config';
import { ClerkRequestError } from '../../errors';
import { CONFIG } from '../../tokens';
import { type SessionOfUser } from '../../trust-changes/session-standing';

/**
 * What Clerk says about a session of a user:
 * - `live`: the session belongs to the user, and Clerk can issue tokens for it.
 * - `ended`: the session belongs to the user, and has ended.
 * - `unknown`: there is no such session, or it belongs to another user.
 * - `unverified`: Clerk did not answer, so the session may be any of these.
 */
export type FoundSession = 'live' | 'ended' | 'unknown' | 'unverified';

/** Finds out at Clerk whether a session belongs to a user. */
@Injectable()
export class SessionLookup {
  constructor(
    private readonly sessions: ClerkSessions,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'clerkWaits'>,
  ) {}

  /** `currentId`: the caller's own session, which the gateway has verified. Clerk is not asked about it. */
  async find({ clerkUserId, sessionId }: SessionOfUser, currentId: string | null): Promise<FoundSession> {
    if (sessionId === currentId) return 'live';
    try {
      const timeoutMs = this.config.clerkWaits.sessionLookup;
      const options = { priority: 'conflict', timeoutMs, callerWaits: true } as const;
      const session = await this.sessions.find(sessionId, options);
      if (session?.userId !== clerkUserId) return 'unknown';
      return isLiveAtClerk(session) ? 'live' : 'ended';
    } catch (error) {
      if (!(error instanceof ClerkRequestError)) throw error;
      // Clerk rejects a text that cannot be the id of a session.
      return isRequestRefused(error) ? 'unknown' : 'unverified';
    }
  }
}
