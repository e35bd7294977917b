import { type ReplyOf, listReferrals } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, timeCursor, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { mayAct } from '../../user-rows/may-act';

/** Lists to admins who has used the referral code of a user. */
@Controller()
export class ListReferralsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listReferrals)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listReferrals>): Promise<ReplyOf<typeof listReferrals>> {
    requireAdmin(envelope);
    const after = timeCursor.read(body.cursor);
    return answerRequest(async () => {
      const { id: owner } = await requireUser(this.dataSource.manager, body.userId);
      const query = this.dataSource
        .createQueryBuilder(UserEntity, 'u')
        .where('u.referredBy = :owner AND u.referredAt IS NOT NULL', { owner })
        .orderBy('u.referredAt', 'DESC')
        .addOrderBy('u.id', 'DESC');
      if (after !== undefined) {
        const [at, id] = after;
        query.andWhere('(u.referredAt, u.id) < (:at, :id)', { at: new Date(at), id });
      }
      // Reads one extra row, which shows whether there is a next page.
      const users = await query.limit(body.limit + 1).getMany();
      const { items, nextCursor } = timeCursor.page(users, body.limit, (user) => [timeOf(user), user.id]);
      return { items: items.map(presentReferred), nextCursor };
    });
  }
}

/** When the user used the code. The query finds only rows that have the time. */
function timeOf({ referredAt, createdAt }: UserEntity): number {
  return (referredAt ?? createdAt).getTime();
}

function presentReferred(user: UserEntity): ReplyOf<typeof listReferrals>['items'][number] {
  return {
    userId: user.id,
    clerkUserId: user.clerkUserId,
    fullName: user.fullName,
    isActive: user.deletedAt === null && mayAct(user),
    createdAt: user.createdAt.toISOString(),
    referredAt: new Date(timeOf(user)).toISOString(),
    deletedAt: user.deletedAt?.toISOString() ?? null,
  };
}
