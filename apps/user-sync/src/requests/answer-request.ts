import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { guardDatabase } from '../database/guard-database';
import { type ClerkRequestError } from '../errors';

/** Runs the statements behind a request; while the database is away the request is refused as `unavailable`. */
export async function answerRequest<Reply>(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await guardDatabase(work);
  } catch (error) {
    if (error instanceof SharedOutageError) throw new RequestRefusedError('unavailable', error.message);
    throw error;
  }
}

/** Refusal of a request that needs an answer of Clerk's, with the time to wait where Clerk or the budget says so. */
export function clerkUnavailable(message: string, cause: ClerkRequestError): RequestRefusedError {
  return new RequestRefusedError('clerk_unavailable', message, { cause, retryAfterMs: cause.answer.retryAfterMs });
}
