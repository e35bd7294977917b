import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { IdempotencyRefusedError } from '@gatehouse/persistence';
import { guardDatabase } from '../database/guard-database';
import { type ClerkRequestError } from '../errors';

/**
 * Runs `work`, which answers a request, and returns its reply.
 * @throws RequestRefusedError `unavailable` while the database is unavailable, and the refusals of idempotency keys
 */
export async function answerRequest<Reply>(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await guardDatabase(work);
  } catch (error) {
    if (error instanceof SharedOutageError) throw new RequestRefusedError('unavailable', error.message);
    if (error instanceof IdempotencyRefusedError) {
      throw new RequestRefusedError(error.reason, error.message, { retryAfterMs: error.retryAfterMs });
    }
    throw error;
  }
}

/** Refusal of a request that needs Clerk. `retryAfterMs` is the wait that Clerk or the Clerk budget asks for. */
export function clerkUnavailable(message: string, cause: ClerkRequestError): RequestRefusedError {
  return new RequestRefusedError('clerk_unavailable', message, { cause, retryAfterMs: cause.answer.retryAfterMs });
}
