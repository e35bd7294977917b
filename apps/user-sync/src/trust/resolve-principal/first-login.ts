import { randomUUID } from 'node:crypto';
import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { clerkUnavailable } from '../../requests/answer-request';
import { type Settled, noActivity } from '../../apply/observation/observation';
import { ClerkSettlement } from '../../apply/settle/settle-with-clerk';
import { ClerkRequestError, UserMissingAtClerkError, UserUnsettledError } from '../../errors';
import { SingleFlight } from '../../concurrency/single-flight';

/** What made us ask Clerk for the user. */
export type LoginKind = 'first_login' | 'phone_login';

/** Whoever waits for the answer gives up after 5 s. */
const CLERK_TIMEOUT_MS = 4_000;

/** Makes a user of whom no webhook has told yet, from Clerk, through the same apply function as every other source. */
@Injectable()
export class FirstLogin {
  private readonly flights = new SingleFlight<Settled>();

  constructor(
    private readonly clerk: ClerkSettlement,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** What was decided; first requests that come together ask Clerk once. Throws a refusal. */
  async create(
    clerkUserId: string,
    correlationId: string,
    kind: LoginKind = 'first_login',
    timeoutMs = CLERK_TIMEOUT_MS,
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
      // Not the request's id: a client may choose that.
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
      return new RequestRefusedError('not_found', 'Clerk does not know this user', { cause: error });
    }
    if (error instanceof ClerkRequestError) {
      this.log.error({ err: error, answer: error.answer }, 'Clerk could not be asked for a new user');
      return clerkUnavailable('Clerk could not be asked for this user', error);
    }
    if (error instanceof UserUnsettledError) return new RequestRefusedError('unavailable', error.message);
    if (error instanceof SharedOutageError) return new RequestRefusedError('unavailable', error.message);
    return error;
  }
}
