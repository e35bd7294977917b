import { randomUUID } from 'node:crypto';
import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Settled, noActivity } from '../../apply/observation/observation';
import { ClerkSettlement } from '../../apply/settle/settle-with-clerk';
import { SingleFlight } from '../../concurrency/single-flight';
import { type UserSyncConfig } from '../../config';
import { ClerkRequestError, UserMissingAtClerkError, UserUnsettledError } from '../../errors';
import { clerkUnavailable } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';

/** What caused the read of a user from Clerk. */
export type LoginKind = 'first_login' | 'phone_login';

/** Creates a user that no webhook has reported yet, from Clerk's answer. */
@Injectable()
export class FirstLogin {
  private readonly flights = new SingleFlight<Settled>();

  constructor(
    private readonly clerk: ClerkSettlement,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'clerkWaits'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Creates the user, and returns the decision. Concurrent calls for one user share one request.
   * @throws RequestRefusedError when Clerk does not know the user, or the user cannot be created now
   */
  async create(
    clerkUserId: string,
    correlationId: string,
    kind: LoginKind = 'first_login',
    timeoutMs = this.config.clerkWaits.firstLogin,
  ): Promise<Settled> {
    try {
      return await this.flights.run(clerkUserId, () => this.settle(clerkUserId, correlationId, kind, timeoutMs));
    } catch (error) {
      throw this.refusalOf(error);
    }
  }

  private async settle(
    clerkUserId: string,
    correlationId: string,
    kind: LoginKind,
    timeoutMs: number,
  ): Promise<Settled> {
    const origin = {
      // Random, because an observation whose id was applied before is skipped. So each read of the user needs an id of
      // its own.
      id: `${kind}:${randomUUID()}`,
      source: 'first_login',
      eventType: kind,
      attempt: 0,
      correlationId,
    } as const;
    const settled = await this.clerk.settle({ clerkUserId, activity: noActivity, origin }, 'fetch', {
      timeoutMs,
    });
    this.log.info({ clerkUserId, userId: settled.userId, decision: settled.decision }, kind);
    return settled;
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof UserMissingAtClerkError) {
      return new RequestRefusedError('not_found', 'Clerk does not know this user.', { cause: error });
    }
    if (error instanceof ClerkRequestError) {
      this.log.error({ err: error, answer: error.answer }, 'reading a new user from Clerk failed');
      return clerkUnavailable('The user could not be read from Clerk.', error);
    }
    if (error instanceof UserUnsettledError) return new RequestRefusedError('unavailable', error.message);
    if (error instanceof SharedOutageError) return new RequestRefusedError('unavailable', error.message);
    return error;
  }
}
