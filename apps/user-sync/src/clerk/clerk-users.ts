import { clerkUserSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { type MappedUser, mapClerkUser } from '../clerk-user/map-clerk-user';
import { ClerkJson } from './clerk-json';
import { type CallOptions } from './clerk-requests';

/** Users as Clerk's Backend API holds them right now. */
@Injectable()
export class ClerkUsers {
  constructor(private readonly clerk: ClerkJson) {}

  /**
   * Fetches the user; takes at most `timeoutMs`, 10 s by default. Reads the wire's JSON and not the SDK's objects, which
   * cannot be made of a user in which Clerk sends null for what they need. Throws UserMissingAtClerkError on 404,
   * otherwise ClerkRequestError.
   */
  async fetch(clerkUserId: string, callOptions: CallOptions): Promise<MappedUser> {
    const user = await this.clerk.ask(
      {
        path: `/users/${encodeURIComponent(clerkUserId)}`,
        schema: clerkUserSchema,
        missing: () => new UserMissingAtClerkError(),
      },
      callOptions,
    );
    if (user.id !== clerkUserId) {
      throw new ClerkRequestError('clerk', {}, 'Clerk answered with something that is not this user');
    }
    return mapClerkUser(user, Date.now());
  }
}
