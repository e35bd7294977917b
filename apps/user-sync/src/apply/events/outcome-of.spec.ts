import { outcomeSchema } from '@gatehouse/contracts';
import {
  ClerkRequestError,
  DatabaseRefusedError,
  EventInvalidError,
  PoisonEventError,
  UserMissingAtClerkError,
  UserUnsettledError,
} from '../../errors';
import { failed } from './outcome-of';

const metadata = {
  webhookId: 'msg_1',
  eventType: 'user.updated',
  attempt: 3,
  publishNumber: 4,
  receivedAt: 1,
  correlationId: 'c1',
};

describe('the outcome of a failure', () => {
  it.each([
    [new EventInvalidError('data.id: is odd'), 'validation', 'EVENT_INVALID', false],
    [new UserMissingAtClerkError(), 'conflict', 'USER_MISSING_AT_CLERK', true],
    [new UserUnsettledError(5), 'conflict', 'USER_UNSETTLED', true],
    [new PoisonEventError(9), 'unknown', 'POISON_EVENT', false],
    [new ClerkRequestError('network', {}, 'unavailable'), 'network', 'CLERK_REQUEST_FAILED', true],
    [new ClerkRequestError('clerk', { status: 429, retryAfterMs: 9 }, 'x'), 'clerk', 'CLERK_REQUEST_FAILED', true],
    [new ClerkRequestError('clerk', { status: 503 }, 'x'), 'clerk', 'CLERK_REQUEST_FAILED', true],
    [new ClerkRequestError('clerk', { status: 422 }, 'x'), 'clerk', 'CLERK_REQUEST_FAILED', false],
    [
      new ClerkRequestError('clerk', { status: 409, code: 'resource_locked' }, 'x'),
      'clerk',
      'CLERK_REQUEST_FAILED',
      true,
    ],
    [new DatabaseRefusedError('23505', 'users_email_verified_live_key'), 'conflict', 'EMAIL_TAKEN', true],
    [new DatabaseRefusedError('23505', 'users_phone_verified_live_key'), 'conflict', 'PHONE_TAKEN', true],
    [new DatabaseRefusedError('57014', undefined), 'database', 'DATABASE_REFUSED', true],
    [new TypeError('ada@example.com is no function'), 'unknown', 'UNKNOWN', true],
    [undefined, 'unknown', 'UNKNOWN', true],
  ])('of %p has kind %s, code %s and retryable %p', (error, kind, code, retryable) => {
    const outcome = outcomeSchema.parse(failed(metadata, 'user_1', error));
    expect(outcome).toMatchObject({ webhookId: 'msg_1', attempt: 3, correlationId: 'c1', status: 'failed' });
    expect(outcome).toMatchObject({ error: { kind, code, retryable } });
    expect(JSON.stringify(outcome)).not.toContain('ada@');
  });

  it("has Clerk's Retry-After", () => {
    const error = new ClerkRequestError('clerk', { status: 429, retryAfterMs: 7_000 }, 'x');
    expect(failed(metadata, null, error)).toMatchObject({ error: { retryAfterMs: 7_000 } });
  });
});
