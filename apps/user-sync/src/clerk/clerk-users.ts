import { clerkUserSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { type MappedUser, mapClerkUser } from '../clerk-user/map-clerk-user';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';
import { type CallOptions } from './clerk-requests';

/** Reads single users from Clerk's Backend API. */
@Injectable()
export class ClerkUsers {
  constructor(private readonly clerk: ClerkJson) {}

  /** The current state of a user. @throws UserMissingAtClerkError on 404, otherwise ClerkRequestError */
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
      throw new ClerkRequestError('clerk', {}, 'Clerk answered with another user.');
    }
    return mapClerkUser(user, Date.now());
  }
}
