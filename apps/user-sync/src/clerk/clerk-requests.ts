import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { type UserSyncConfig } from '../config';
import { ClerkUnavailableError, ClerkRequestError, isOwnError } from '../errors';
import { CONFIG } from '../tokens';
import { ClerkBudget } from './clerk-budget';
import { ClerkHealth, type InstanceLimit } from './clerk-health';
import { type Priority } from './priority';
import { PrioritySlots } from './priority-slots';

/** Clerk's Backend API, as its SDK offers it. */
export type ClerkClient = ReturnType<typeof createClerkClient>;

/**
 * Why Clerk is asked, and how long an answer may take; milliseconds. `callerWaits`: an answer in time is worth more than
 * to know whether it was all of Clerk that failed; at a first login somebody always does.
 */
export interface CallOptions {
  readonly priority: Priority;
  readonly timeoutMs?: number;
  readonly callerWaits?: boolean;
  /** The request changes one user: Clerk limits these per user as well. */
  readonly changesUser?: boolean;
}

/** How long an answer may take unless the caller says otherwise, the wait for its turn included; milliseconds. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** How many requests may be under way at once, in this process, for another of the priority to be made. */
const MAX_CONCURRENT: Readonly<Record<Priority, number>> = {
  first_login: 20,
  conflict: 18,
  write_back: 14,
  reconcile: 8,
};
/** An event that waits holds up those that come after it; it is better tried again later. */
const MAX_BUDGET_WAIT_MS: Readonly<Partial<Record<Priority, number>>> = { conflict: 2_000 };
/** What a 429 without `Retry-After` is taken for. */
const PAUSE_MS = 1_000;
/** More than this waiting means that Clerk is slower than we ask; further ones are refused at once. */
const MAX_WAITING = 1_000;

/** Asks Clerk's Backend API: bounded in time, number and rate, the most urgent first; errors in our own words. */
@Injectable()
export class ClerkRequests {
  private readonly client: ClerkClient;
  private readonly requests: Counter<'result'>;
  private readonly slots = new PrioritySlots(MAX_CONCURRENT);
  private waiting = 0;

  constructor(
    @Inject(CONFIG) { clerk }: { readonly clerk: Pick<UserSyncConfig['clerk'], 'apiUrl' | 'secretKey'> },
    private readonly budget: ClerkBudget,
    private readonly health: ClerkHealth,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.client = createClerkClient({
      secretKey: clerk.secretKey,
      apiUrl: clerk.apiUrl,
      telemetry: { disabled: true },
    });
    this.requests = new Counter({
      name: 'gatehouse_user_sync_clerk_requests_total',
      help: 'Requests to the Clerk Backend API by result',
      labelNames: ['result'],
      registers: [metrics],
    });
  }

  /**
   * What the SDK answered, at most `timeoutMs` from the call on. Throws what `missing` makes when Clerk has no such
   * resource, else ClerkRequestError; ClerkUnavailableError when that says nothing of what was asked.
   */
  async ask<Answer>(
    question: (client: ClerkClient) => Promise<Answer>,
    missing: () => Error,
    {
      priority,
      timeoutMs = REQUEST_TIMEOUT_MS,
      callerWaits = priority === 'first_login',
      changesUser = false,
    }: CallOptions,
  ): Promise<Answer> {
    if (this.waiting >= MAX_WAITING) throw new ClerkUnavailableError('network', {}, 'too many requests wait for Clerk');
    this.waiting += 1;
    const deadline = new Deadline(timeoutMs);
    let asked = false;
    const translated = () => {
      asked = true;
      return question(this.client).catch((error: unknown) => {
        throw isMissing(error) ? missing() : isOwnError(error) ? error : translate(error);
      });
    };
    const inTurn = async () => {
      const maxWaitMs = Math.min(deadline.leftMs, MAX_BUDGET_WAIT_MS[priority] ?? Infinity);
      await deadline.race(() => this.budget.take(priority, maxWaitMs));
      return deadline.race(translated);
    };
    try {
      await this.health.admit(priority);
      const answer = await deadline.race(() => this.slots.run(priority, inTurn));
      this.requests.inc({ result: 'ok' });
      this.health.answered();
      return answer;
    } catch (error) {
      this.requests.inc({ result: asked ? resultOf(error) : 'not_asked' });
      throw asked ? await this.judge(error, callerWaits, changesUser) : withoutTurn(error);
    } finally {
      this.waiting -= 1;
      deadline.end();
    }
  }

  /** Tells a failure of Clerk as a whole from one that has to do with what was asked. */
  private async judge(error: unknown, callerWaits: boolean, changesUser: boolean): Promise<unknown> {
    if (error instanceof ClerkRequestError && error.answer.status === 429) {
      // A 429 to a change may be this user's own limit, which does not limit other requests.
      const limit = changesUser ? await this.health.instanceLimit() : error.answer;
      return limit === undefined ? error : this.pause(error, limit);
    }
    if (!(error instanceof ClerkRequestError) || !isDoubtful(error)) {
      this.health.answered();
      return error;
    }
    if (callerWaits) {
      void this.health.isAway();
      return error;
    }
    return (await this.health.isAway()) ? new ClerkUnavailableError(error.kind, error.answer, error.message) : error;
  }

  /** Pauses all requests until `Retry-After` is over: Clerk limits the whole instance. */
  private async pause(
    error: ClerkRequestError,
    { retryAfterMs = PAUSE_MS }: InstanceLimit,
  ): Promise<ClerkUnavailableError> {
    // While the database is away nobody asks Clerk anything.
    await this.budget.pause(retryAfterMs).catch(() => undefined);
    return new ClerkUnavailableError(error.kind, { ...error.answer, retryAfterMs }, error.message);
  }
}

/** Time ran out before Clerk was asked anything. */
function withoutTurn(error: unknown): unknown {
  if (!(error instanceof ClerkRequestError) || error instanceof ClerkUnavailableError) return error;
  return new ClerkUnavailableError('network', {}, 'Clerk could not be asked in time: others went first');
}

/** Whether it may be all of Clerk that failed. */
function isDoubtful({ kind, answer: { status } }: ClerkRequestError): boolean {
  return status === undefined ? kind === 'network' : status === 408 || status >= 500;
}

/** The SDK has no time-out and cannot be aborted: what comes too late is dropped. */
class Deadline {
  private readonly passed: Promise<never>;
  private timer: NodeJS.Timeout | undefined;
  private readonly at: number;
  private over = false;

  constructor(ms: number) {
    this.at = performance.now() + ms;
    this.passed = new Promise((_resolve, reject) => {
      this.timer = setTimeout(() => {
        this.over = true;
        reject(new ClerkRequestError('network', {}, `Clerk did not answer within ${ms} ms`));
      }, ms);
    });
    this.passed.catch(() => undefined);
  }

  get leftMs(): number {
    return Math.max(0, this.at - performance.now());
  }

  race<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.over) return this.passed;
    const result = work();
    result.catch(() => undefined);
    return Promise.race([result, this.passed]);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/** Any other 404 speaks of the address that was asked, not of the resource. */
function isMissing(error: unknown): boolean {
  return isClerkAPIResponseError(error) && error.status === 404 && error.errors[0]?.code === 'resource_not_found';
}

function translate(error: unknown): ClerkRequestError {
  if (!isClerkAPIResponseError(error)) return new ClerkRequestError('network', {}, 'Clerk is away', { cause: error });
  const { status, retryAfter } = error;
  const code = error.errors[0]?.code;
  // Without a status nobody answered: the SDK reports a failed connection as an API error.
  if (typeof status !== 'number') return new ClerkRequestError('network', {}, 'Clerk does not answer');
  return new ClerkRequestError(
    'clerk',
    {
      status,
      ...(code === undefined ? {} : { code }),
      ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 }),
    },
    `Clerk answered ${status}${code === undefined ? '' : ` (${code})`}`,
  );
}

function resultOf(error: unknown): string {
  if (!(error instanceof ClerkRequestError)) return 'not_found';
  return error.answer.status === undefined ? error.kind : String(error.answer.status);
}
