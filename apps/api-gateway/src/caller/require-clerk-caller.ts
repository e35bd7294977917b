import { type FastifyRequest } from 'fastify';
import { CallerMissingError } from '../errors';
import { type ClerkCaller } from './caller';

/** The Clerk session of a request whose route needs one. Throws CallerMissingError where the route does not. */
export function requireClerkCaller({ clerkCaller }: FastifyRequest): ClerkCaller {
  if (clerkCaller === undefined) throw new CallerMissingError();
  return clerkCaller;
}
