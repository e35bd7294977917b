import { type Principal } from '@gatehouse/contracts';
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

/** The caller, where a request makes no sense without one. Throws a refusal. */
export function requirePrincipal(envelope: { readonly principal: Principal | null }): Principal {
  if (envelope.principal === null) throw new RequestRefusedError('unauthenticated', 'nobody is calling');
  return envelope.principal;
}

/** The caller, where only an admin may ask. Throws a refusal. */
export function requireAdmin(envelope: { readonly principal: Principal | null }): Principal {
  const principal = requirePrincipal(envelope);
  if (principal.role !== 'admin') throw new RequestRefusedError('forbidden', 'only admins may do this');
  return principal;
}
