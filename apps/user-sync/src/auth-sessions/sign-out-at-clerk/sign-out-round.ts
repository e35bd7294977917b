import { LOGGER, failpoint } from '@gatehouse/observability';
import { retryDelayMs } from '@gatehouse/lifecycle';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClerkSessions, isRequestRefused } from '../../clerk/clerk-sessions';
import { mapBounded } from '../../concurrency/slots';
import { type UserSyncConfig } from '../../config';
import { ClerkRequestError, ClerkUnavailableError, isOurKeyRejected } from '../../errors';
import { CONFIG } from '../../tokens';
import { SignOutMetrics } from './sign-out-metrics';
import { type LeasedSignOut, SignOutQueue } from './sign-out-queue';

const TIMEOUT_MS = 5_000;
/** Pause after Clerk has rejected our secret key; a new key may come at any time. Milliseconds. */
const REJECTED_PAUSE_MS = 5_000;
/** Concurrent revocations of one user's sessions. */
const REVOKED_AT_ONCE = 5;

/** Result of one attempt: completed, or when to try again at the earliest; milliseconds. */
type Attempt = { readonly done: true } | { readonly done: false; readonly pauseMs: number };

/**
 * Carries out a sign-out at Clerk: lists the sessions, ends them here, revokes each. Every step can be repeated, so a
 * process may die anywhere.
 */
@Injectable()
export class SignOutRound {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'writeBack'>,
    private readonly queue: SignOutQueue,
    private readonly sessions: ClerkSessions,
    private readonly metrics: SignOutMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Makes one attempt, and records a failure in the row. `known`: ids of the sessions to revoke, if they were read before
   * the sign-out was answered. All of them began before the answer, whatever the clocks of Clerk and the database say.
   * @throws ClerkUnavailableError or SharedOutageError while Clerk or the database is unavailable
   */
  async attempt(item: LeasedSignOut, known?: readonly string[]): Promise<Attempt> {
    failpoint('before-sign-out', () => [item.clerkUserId]);
    try {
      const found = known ?? (await this.sessionsOf(item));
      const ended = await this.queue.endHere(item, found ?? []);
      failpoint('after-sign-out-here', () => [item.clerkUserId]);
      await mapBounded(ended, REVOKED_AT_ONCE, (id) => this.sessions.revoke(id, callOptions));
      failpoint('after-sign-out-at-clerk', () => [item.clerkUserId]);
      if (await this.queue.complete(item)) {
        this.metrics.count(found === undefined ? 'refused' : 'revoked');
        this.log.info({ clerkUserId: item.clerkUserId, sessions: ended.length }, 'sessions revoked at Clerk');
      }
      return { done: true };
    } catch (error) {
      return this.fail(item, error);
    }
  }

  /** The ids of the sessions to revoke; undefined if Clerk keeps refusing the id of the single session. */
  private async sessionsOf(item: LeasedSignOut): Promise<string[] | undefined> {
    const { clerkUserId, sessionId, before } = item;
    if (sessionId !== null) return this.ownedBy(item, sessionId);
    const live = await this.sessions.live(clerkUserId, callOptions);
    return live.filter(({ startedAt }) => startedAt <= before.getTime()).map(({ id }) => id);
  }

  /**
   * The session itself, if it belongs to the user. Unknown when it was queued while Clerk did not answer. Undefined when
   * Clerk has refused the id in every attempt of the schedule: it is no session of anybody, so nothing is left to revoke.
   */
  private async ownedBy({ clerkUserId, retryCount }: LeasedSignOut, sessionId: string): Promise<string[] | undefined> {
    try {
      const session = await this.sessions.find(sessionId, callOptions);
      return session?.userId === clerkUserId ? [sessionId] : [];
    } catch (error) {
      const isPermanent = error instanceof ClerkRequestError && isRequestRefused(error);
      if (!isPermanent || retryCount < this.config.writeBack.retry.maxRetries) throw error;
      const { code, message } = error;
      this.log.warn(
        { clerkUserId, sessionId, retryCount, failure: { code, message } },
        'Clerk refuses the id of a session; sign-out given up',
      );
      return undefined;
    }
  }

  private async fail(item: LeasedSignOut, error: unknown): Promise<Attempt> {
    if (error instanceof ClerkUnavailableError || !(error instanceof ClerkRequestError)) {
      this.metrics.count('released');
      await this.queue.release(item).catch(() => undefined);
      throw error;
    }
    const { clerkUserId, retryCount } = item;
    const { code, message, answer } = error;
    const rejected = isOurKeyRejected(error);
    const delayMs = rejected
      ? REJECTED_PAUSE_MS
      : retryDelayMs(this.config.writeBack.retry, retryCount, Math.random(), answer.retryAfterMs);
    this.metrics.count('retried');
    await this.queue.fail(item, { code, message, delayMs, counts: !rejected });
    this.log.warn(
      { clerkUserId, retryCount, delayMs, failure: { code, message } },
      'sign-out at Clerk failed; retrying',
    );
    return { done: false, pauseMs: rejected ? REJECTED_PAUSE_MS : 0 };
  }
}

/** Above write-backs: until Clerk has revoked a session, others who trust its tokens accept it. */
const callOptions = { priority: 'conflict', timeoutMs: TIMEOUT_MS, callerWaits: false } as const;
