import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { guardDatabase } from '../database/guard-database';
import { type ClerkRequestError } from '../errors';

/**
 * Runs the work behind a request.
 * @throws RequestRefusedError `unavailable` while the database is unavailable
 */
export async function answerRequest<Reply>(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await guardDatabase(work);
  } catch (error) {
    if (error instanceof SharedOutageError) throw new RequestRefusedError('unavailable', error.message);
    throw error;
  }
}

/** Refusal of a request that needs an answer from Clerk. Carries the wait that Clerk or the budget asks for. */
export function clerkUnavailable(message: string, cause: ClerkRequestError): RequestRefusedError {
  return new RequestRefusedError('clerk_unavailable', message, { cause, retryAfterMs: cause.answer.retryAfterMs });
}
