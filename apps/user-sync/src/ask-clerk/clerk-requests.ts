import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { CONFIG, type UserSyncConfig } from '../config';
import { ClerkRequestError, isOwnError } from '../errors';
import { Slots } from './slots';

/** Clerk's Backend API, as its SDK offers it. */
export type ClerkClient = ReturnType<typeof createClerkClient>;

const TIMEOUT_MS = 10_000;
const MAX_CONCURRENT = 10;
/** More than this waiting means that Clerk is slower than we ask; further ones are refused at once. */
const MAX_WAITING = 1_000;

/** Asks Clerk's Backend API: bounded in time and number, errors in our own words. */
@Injectable()
export class ClerkRequests {
  private readonly client: ClerkClient;
  private readonly requests: Counter<'result'>;
  private readonly slots = new Slots(MAX_CONCURRENT);
  private waiting = 0;

  constructor(@Inject(CONFIG) { clerk }: UserSyncConfig, @Inject(METRICS) metrics: Registry) {
    this.client = createClerkClient({
      secretKey: clerk.secretKey,
      apiUrl: clerk.apiUrl,
      telemetry: { disabled: true },
    });
    this.requests = new Counter({
      name: 'user_sync_clerk_requests_total',
      help: 'Requests to the Clerk Backend API by result',
      labelNames: ['result'],
      registers: [metrics],
    });
  }

  /**
   * What the SDK answered, at most `timeoutMs` from the call on. Throws what `missing` makes when Clerk has no such
   * resource, else ClerkRequestError.
   */
  async ask<Answer>(
    question: (client: ClerkClient) => Promise<Answer>,
    missing: () => Error,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Answer> {
    if (this.waiting >= MAX_WAITING) throw new ClerkRequestError('network', {}, 'too many requests wait for Clerk');
    this.waiting += 1;
    const deadline = new Deadline(timeoutMs);
    const translated = () =>
      question(this.client).catch((error: unknown) => {
        throw isMissing(error) ? missing() : isOwnError(error) ? error : translate(error);
      });
    try {
      const answer = await deadline.race(() => this.slots.run(() => deadline.race(translated)));
      this.requests.inc({ result: 'ok' });
      return answer;
    } catch (error) {
      this.requests.inc({ result: resultOf(error) });
      throw error;
    } finally {
      this.waiting -= 1;
      deadline.end();
    }
  }
}

/** The SDK has no time-out and cannot be aborted: what comes too late is dropped. */
class Deadline {
  private readonly passed: Promise<never>;
  private timer: NodeJS.Timeout | undefined;
  private over = false;

  constructor(ms: number) {
    this.passed = new Promise((_resolve, reject) => {
      this.timer = setTimeout(() => {
        this.over = true;
        reject(new ClerkRequestError('network', {}, `Clerk did not answer within ${ms} ms`));
      }, ms);
    });
    this.passed.catch(() => undefined);
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
