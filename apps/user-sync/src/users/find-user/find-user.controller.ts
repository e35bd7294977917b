import { type ReplyOf, findUser } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';

/**
 * Resolves a user reference to our id, the Clerk id and the tier. The gateway needs the Clerk id for webhook-ingest, whose
 * ledger knows users only by Clerk id.
 */
@Controller()
export class FindUserController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(findUser)
  find(@Payload() { body, envelope }: VerifiedRequest<typeof findUser>): Promise<ReplyOf<typeof findUser>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const { id, clerkUserId, subscription } = await requireUser(this.dataSource.manager, body.user);
      return { userId: id, clerkUserId, tier: subscription };
    });
  }
}
