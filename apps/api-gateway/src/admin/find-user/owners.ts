import { type Owner, findUser } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';

/** Finds the users as whose owner an admin acts. */
@Injectable()
export class Owners {
  constructor(private readonly services: RequestClient) {}

  /**
   * Returns id and tier of a user. `ref` is a user id, a Clerk user id, an e-mail address or a phone number.
   * @throws RequestRefusedError if there is no such user; `unavailable` while user-sync of the previous release, which
   * does not send the tier, answers
   */
  async of(ref: string, admin: RequestContext): Promise<Owner> {
    const { userId, tier } = await this.services.send(findUser, { user: ref }, admin);
    if (tier === undefined) throw new RequestRefusedError('unavailable', 'user-sync does not send the tier yet');
    return { userId, tier };
  }
}
