import { clerkUserIdSchema, findUser } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';

/** Finds the Clerk ids of users, because the ledger knows users only by Clerk id. */
@Injectable()
export class ClerkIds {
  constructor(private readonly services: RequestClient) {}

  /**
   * Returns the Clerk id of a user. `ref` is any user reference, as `userRefSchema` defines it; a Clerk user id is
   * returned without a lookup.
   * @throws RequestRefusedError if the user is unknown or local
   */
  async of(ref: string, admin: RequestContext): Promise<string> {
    if (clerkUserIdSchema.safeParse(ref).success) return ref;
    const { clerkUserId } = await this.services.send(findUser, { user: ref }, admin);
    if (clerkUserId !== null) return clerkUserId;
    throw new RequestRefusedError('conflict', 'The user is local: Clerk sends no events for it.');
  }
}
