import { SharedOutageError } from '@gatehouse/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkSessions } from '../../clerk/clerk-sessions';
import { SingleFlight } from '../../concurrency/single-flight';
import { type UserSyncConfig } from '../../config';
import { ClerkRequestError } from '../../errors';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { type SessionOfUser, keepSession } from '../../trust-changes/session-standing';

/** Pause after a request that Clerk did not answer, so that retrying clients do not use up the budget; milliseconds. */
const PAUSE_MS = 1_000;

/** Asks Clerk when sessions began. Needed only while a user's sign-out everywhere is pending at Clerk. */
@Injectable()
export class SessionInquiry {
  private readonly flights = new SingleFlight<boolean | undefined>();
  private pausedUntil = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: ClerkSessions,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'clerkWaits'>,
  ) {}

  /**
   * Whether the session began after `before` and is active. Undefined when Clerk does not answer. Concurrent calls for
   * one session share a request.
   */
  beganAfter(session: SessionOfUser, before: Date): Promise<boolean | undefined> {
    if (performance.now() < this.pausedUntil) return Promise.resolve(undefined);
    return this.flights.run(`${session.sessionId} ${before.getTime()}`, () => this.ask(session, before));
  }

  private async ask(session: SessionOfUser, before: Date): Promise<boolean | undefined> {
    try {
      const options = { priority: 'first_login', timeoutMs: this.config.clerkWaits.sessionInquiry } as const;
      const found = await this.sessions.find(session.sessionId, options);
      const began =
        found?.userId === session.clerkUserId && found.status === 'active' && found.startedAt > before.getTime();
      if (began) await answerRequest(() => keepSession(this.dataSource.manager, session, before));
      return began;
    } catch (error) {
      if (!(error instanceof ClerkRequestError || error instanceof SharedOutageError)) throw error;
      this.pausedUntil = performance.now() + PAUSE_MS;
      return undefined;
    }
  }
}
