import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { ClerkRequestError, ClerkUnavailableError } from '../errors';
import { ClerkBudget } from './clerk-budget';
import { ClerkHealth, type InstanceLimit } from './clerk-health';
import { Deadline } from './deadline';
import { type Priority } from './priority';
import { PrioritySlots } from './priority-slots';

/** How urgent a request to Clerk is, and how long it may take. */
export interface CallOptions {
  readonly priority: Priority;
  /** Milliseconds, including the wait for a slot and for the budget; 10 s by default. */
  readonly timeoutMs?: number;
  /**
   * Whether somebody waits for the result. If so, a failure is thrown at once, without first finding out whether Clerk
   * as a whole is unavailable. Default: true for a first login.
   */
  readonly callerWaits?: boolean;
  /** Whether the request changes one user. Clerk limits such requests both per instance and per user. */
  readonly changesUser?: boolean;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** By priority: a request starts only while fewer requests than this, of all priorities together, are in flight. */
const MAX_CONCURRENT: Readonly<Record<Priority, number>> = {
  first_login: 20,
  conflict: 18,
  write_back: 14,
  reconcile: 8,
};
/**
 * By priority: maximum wait for the budget, in milliseconds; without an entry, the timeout of the request. An event
 * (`conflict`) that waited longer would delay the events behind it. Requests of other priorities delay no events.
 */
const MAX_BUDGET_WAIT_MS: Readonly<Partial<Record<Priority, number>>> = { conflict: 2_000 };
/** Pause after a 429 without `Retry-After`. */
const PAUSE_MS = 1_000;
/** Maximum requests that are queued or in flight; more are rejected at once. */
const MAX_WAITING = 1_000;

/** Sends requests to Clerk, the most urgent first. Limits the time, number and rate of requests. */
@Injectable()
export class ClerkRequests {
  private readonly requests: Counter<'result'>;
  private readonly slots = new PrioritySlots(MAX_CONCURRENT);
  private waiting = 0;

  constructor(
    private readonly budget: ClerkBudget,
    private readonly health: ClerkHealth,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.requests = new Counter({
      name: 'gatehouse_user_sync_clerk_requests_total',
      help: 'Requests to the Clerk Backend API by result',
      labelNames: ['result'],
      registers: [metrics],
    });
    for (const result of ['ok', '401', '403', '429']) this.requests.inc({ result }, 0);
  }

  /**
   * Waits for a slot and for the budget, then sends the request. When `timeoutMs` have passed, aborts the signal that
   * it passed to `request`.
   * @throws the error of `request`, unless Clerk as a whole has failed
   * @throws ClerkRequestError when the request was sent and Clerk has not answered within `timeoutMs` of this call
   * @throws ClerkUnavailableError when the request was not sent in time, too many requests wait, or Clerk is
   * unavailable or limits all requests
   * @throws SharedOutageError while the database, which holds the budget, is unavailable
   */
  async send<Answer>(
    request: (signal: AbortSignal) => Promise<Answer>,
    {
      priority,
      timeoutMs = REQUEST_TIMEOUT_MS,
      callerWaits = priority === 'first_login',
      changesUser = false,
    }: CallOptions,
  ): Promise<Answer> {
    if (this.waiting >= MAX_WAITING)
      throw new ClerkUnavailableError('network', {}, 'Too many requests wait for Clerk.');
    this.waiting += 1;
    const deadline = new Deadline(timeoutMs);
    let sent = false;
    const inTurn = async () => {
      const maxWaitMs = Math.min(deadline.leftMs, MAX_BUDGET_WAIT_MS[priority] ?? Infinity);
      await deadline.race(() => this.budget.take(priority, maxWaitMs));
      return deadline.race(() => {
        sent = true;
        return request(deadline.signal);
      });
    };
    try {
      await this.health.admit(priority);
      const answer = await deadline.race(() => this.slots.run(priority, inTurn));
      this.requests.inc({ result: 'ok' });
      this.health.answered();
      return answer;
    } catch (error) {
      this.requests.inc({ result: sent ? resultOf(error) : 'not_asked' });
      throw sent ? await this.classify(error, callerWaits, changesUser) : unsent(error);
    } finally {
      this.waiting -= 1;
      deadline.end();
    }
  }

  /**
   * Error to throw: a {@link ClerkUnavailableError} when a probe shows that Clerk as a whole failed, or when Clerk
   * limits all requests; otherwise `error`.
   */
  private async classify(error: unknown, callerWaits: boolean, changesUser: boolean): Promise<unknown> {
    if (error instanceof ClerkRequestError && error.answer.status === 429) {
      // A 429 to a change may come from Clerk's limit for this user, which does not concern other requests.
      const limit = changesUser ? await this.health.instanceLimit() : error.answer;
      return limit === undefined ? error : this.pause(error, limit);
    }
    if (!(error instanceof ClerkRequestError) || !mayBeOutage(error)) {
      this.health.answered();
      return error;
    }
    if (callerWaits) {
      void this.health.isUnavailable();
      return error;
    }
    const unavailable = await this.health.isUnavailable();
    return unavailable ? new ClerkUnavailableError(error.kind, error.answer, error.message) : error;
  }

  /** Pauses the requests of all replicas for `Retry-After`, because Clerk limits the whole instance. */
  private async pause(
    error: ClerkRequestError,
    { retryAfterMs = PAUSE_MS }: InstanceLimit,
  ): Promise<ClerkUnavailableError> {
    // Ignores a failure to store the pause. While the database is unavailable, nothing is sent anyway: no request gets
    // a token from the budget, which the database holds.
    await this.budget.pause(retryAfterMs).catch(() => undefined);
    return new ClerkUnavailableError(error.kind, { ...error.answer, retryAfterMs }, error.message);
  }
}

/**
 * The error to throw for a request that was never sent. If its deadline passed in our queue, Clerk was not asked, so
 * nothing is known about the user. The error becomes a {@link ClerkUnavailableError}: a retry then does not count
 * against the maximum number of retries.
 */
function unsent(error: unknown): unknown {
  if (!(error instanceof ClerkRequestError) || error instanceof ClerkUnavailableError) return error;
  return new ClerkUnavailableError('network', {}, 'The request to Clerk was not sent in time: others went first.');
}

function mayBeOutage({ kind, answer: { status } }: ClerkRequestError): boolean {
  return status === undefined ? kind === 'network' : status === 408 || status >= 500;
}

function resultOf(error: unknown): string {
  if (!(error instanceof ClerkRequestError)) return 'not_found';
  return error.answer.status === undefined ? error.kind : String(error.answer.status);
}
