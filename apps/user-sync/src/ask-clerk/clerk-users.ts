import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';
import { clerkUserSchema } from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { CONFIG, type UserSyncConfig } from '../config';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { type MappedUser, mapClerkUser } from '../map-clerk-user/map-clerk-user';
import { Slots } from './slots';

const TIMEOUT_MS = 10_000;
const MAX_CONCURRENT = 10;
/** More than this waiting means that Clerk is slower than we ask; further ones are refused at once. */
const MAX_WAITING = 1_000;

/** Users as Clerk's Backend API holds them right now: bounded in time and number, errors in our own words. */
@Injectable()
export class ClerkUsers {
  private readonly client: ReturnType<typeof createClerkClient>;
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
   * The user, fetched now; at most `timeoutMs` from the call on. Throws UserMissingAtClerkError on 404, else
   * ClerkRequestError.
   */
  async fetch(clerkUserId: string, timeoutMs = TIMEOUT_MS): Promise<MappedUser> {
    if (this.waiting >= MAX_WAITING) throw new ClerkRequestError('network', {}, 'too many requests wait for Clerk');
    this.waiting += 1;
    const deadline = new Deadline(timeoutMs);
    try {
      const user = await deadline.race(() => this.slots.run(() => deadline.race(() => this.ask(clerkUserId))));
      this.requests.inc({ result: 'ok' });
      return user;
    } catch (error) {
      this.requests.inc({ result: resultOf(error) });
      throw error;
    } finally {
      this.waiting -= 1;
      deadline.end();
    }
  }

  private async ask(clerkUserId: string): Promise<MappedUser> {
    const answer = await this.client.users.getUser(clerkUserId).catch((error: unknown) => {
      throw translate(error);
    });
    // The SDK keeps the wire's JSON beside its own reading of it; a body that is no JSON has none.
    const parsed = clerkUserSchema.safeParse((answer as { raw?: unknown } | undefined)?.raw);
    if (!parsed.success || parsed.data.id !== clerkUserId) {
      throw new ClerkRequestError('clerk', {}, 'Clerk answered with something that is not this user', {
        cause: parsed.error,
      });
    }
    return mapClerkUser(parsed.data);
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

function translate(error: unknown): Error {
  if (!isClerkAPIResponseError(error)) return new ClerkRequestError('network', {}, 'Clerk is away', { cause: error });
  const { status, retryAfter } = error;
  const code = error.errors[0]?.code;
  // Any other 404 speaks of the address that was asked, not of the user.
  if (status === 404 && code === 'resource_not_found') return new UserMissingAtClerkError();
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
  if (error instanceof UserMissingAtClerkError) return 'not_found';
  if (!(error instanceof ClerkRequestError)) return 'error';
  return error.answer.status === undefined ? error.kind : String(error.answer.status);
}
