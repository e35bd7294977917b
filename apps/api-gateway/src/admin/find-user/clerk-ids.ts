import { clerkUserIdSchema, findUser } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';

/** Clerk ids of users, for requests to the ledger, which knows no other. */
@Injectable()
export class ClerkIds {
  constructor(private readonly services: RequestClient) {}

  /**
   * The Clerk id of the user that a `userRefSchema` value names; a Clerk id is returned without asking user-sync. Throws a
   * refusal for an unknown user, and for a local one.
   */
  async of(ref: string, admin: RequestContext): Promise<string> {
    if (clerkUserIdSchema.safeParse(ref).success) return ref;
    const { clerkUserId } = await this.services.send(findUser, { user: ref }, admin);
    if (clerkUserId !== null) return clerkUserId;
    throw new RequestRefusedError('conflict', 'a local user: Clerk sends no events about it');
  }
}
