import { Injectable } from '@nestjs/common';
import { ClerkSessions, isLiveAtClerk, isRequestRefused } from '../../clerk/clerk-sessions';
import { ClerkRequestError } from '../../errors';
import { type SessionOfUser } from '../../trust-changes/session-standing';

/** Timeout of the request to Clerk; milliseconds. The gateway gives up after 5 s, and the end itself may take 3.5 s. */
const CLERK_TIMEOUT_MS = 1_200;

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
  constructor(private readonly sessions: ClerkSessions) {}

  /** `currentId`: the caller's own session, which the gateway has verified. Clerk is not asked about it. */
  async find({ clerkUserId, sessionId }: SessionOfUser, currentId: string | null): Promise<FoundSession> {
    if (sessionId === currentId) return 'live';
    try {
      const session = await this.sessions.find(sessionId, callOptions);
      if (session?.userId !== clerkUserId) return 'unknown';
      return isLiveAtClerk(session) ? 'live' : 'ended';
    } catch (error) {
      if (!(error instanceof ClerkRequestError)) throw error;
      // Clerk rejects a text that cannot be the id of a session.
      return isRequestRefused(error) ? 'unknown' : 'unverified';
    }
  }
}

const callOptions = { priority: 'conflict', timeoutMs: CLERK_TIMEOUT_MS, callerWaits: true } as const;
