import { type FastifyRequest } from 'fastify';
import { CallerMissingError } from '../errors';
import { type ClerkCaller } from './caller';

/**
 * Returns the Clerk session of a request.
 * @throws CallerMissingError if the route does not require a Clerk session
 */
export function requireClerkCaller({ clerkCaller }: FastifyRequest): ClerkCaller {
  if (clerkCaller === undefined) throw new CallerMissingError();
  return clerkCaller;
}
