import { clerkUserSchema } from '@gatehouse/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { type MappedUser, mapClerkUser } from '../map-clerk-user/map-clerk-user';
import { type Asking, ClerkRequests } from './clerk-requests';

/** Users as Clerk's Backend API holds them right now. */
@Injectable()
export class ClerkUsers {
  constructor(@Inject(ClerkRequests) private readonly clerk: ClerkRequests) {}

  /**
   * The user, fetched now; at most `timeoutMs` from the call on. Throws UserMissingAtClerkError on 404, else
   * ClerkRequestError.
   */
  async fetch(clerkUserId: string, asking: Asking): Promise<MappedUser> {
    const answer: unknown = await this.clerk.ask(
      ({ users }) => users.getUser(clerkUserId),
      () => new UserMissingAtClerkError(),
      asking,
    );
    // The SDK keeps the wire's JSON beside its own reading of it; a body that is no JSON has none.
    const parsed = clerkUserSchema.safeParse((answer as { raw?: unknown } | undefined)?.raw);
    if (!parsed.success || parsed.data.id !== clerkUserId) {
      throw new ClerkRequestError('clerk', {}, 'Clerk answered with something that is not this user', {
        cause: parsed.error,
      });
    }
    return mapClerkUser(parsed.data, Date.now());
  }
}
