import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError, SessionMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';

const sessionSchema = z.object({ id: z.string(), user_id: z.string(), status: z.string() });

/** A Clerk session: its user, and its status, which is `active` for a session that can be used. */
export interface SessionAtClerk {
  readonly userId: string;
  readonly status: string;
}

/** Reads sessions from Clerk's Backend API. */
@Injectable()
export class ClerkSessions {
  constructor(private readonly clerk: ClerkJson) {}

  /** The current state of a session. @throws SessionMissingAtClerkError on 404, otherwise ClerkRequestError */
  async fetch(sessionId: string, timeoutMs: number): Promise<SessionAtClerk> {
    const { id, user_id, status } = await this.clerk.ask(
      {
        path: `/sessions/${encodeURIComponent(sessionId)}`,
        schema: sessionSchema,
        missing: () => new SessionMissingAtClerkError(),
      },
      { priority: 'first_login', timeoutMs },
    );
    if (id !== sessionId) throw new ClerkRequestError('clerk', {}, 'Clerk answered with another session.');
    return { userId: user_id, status };
  }
}
