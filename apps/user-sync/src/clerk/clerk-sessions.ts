import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError, SessionMissingAtClerkError } from '../errors';
import { ClerkRequests } from './clerk-requests';

const sessionSchema = z.object({ id: z.string(), userId: z.string(), status: z.string() });

/** Whose a Clerk session is, and whether it is `active`. */
export type SessionAtClerk = z.output<typeof sessionSchema>;

/** Sessions as Clerk's Backend API holds them right now. */
@Injectable()
export class ClerkSessions {
  constructor(private readonly clerk: ClerkRequests) {}

  /** Throws SessionMissingAtClerkError on 404, else ClerkRequestError. */
  async fetch(sessionId: string, timeoutMs: number): Promise<SessionAtClerk> {
    const answer: unknown = await this.clerk.ask(
      ({ sessions }) => sessions.getSession(sessionId),
      () => new SessionMissingAtClerkError(),
      { priority: 'first_login', timeoutMs },
    );
    const parsed = sessionSchema.safeParse(answer);
    if (parsed.success && parsed.data.id === sessionId) return parsed.data;
    throw new ClerkRequestError('clerk', {}, 'Clerk answered with something that is not this session');
  }
}
