import { type ParsedRequestOf, type ReplyOf, listUsers } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, timeCursor, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { presentUserToAdmin } from '../../user-rows/present-user';

type Filters = ParsedRequestOf<typeof listUsers>;

/** Lists users to admins, newest first. */
@Controller()
export class ListUsersController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listUsers)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listUsers>): Promise<ReplyOf<typeof listUsers>> {
    requireAdmin(envelope);
    const query = this.queryOf(body);
    return answerRequest(async () => {
      // Reads one extra row, which shows whether there is a next page.
      const users = await query.limit(body.limit + 1).getMany();
      const { items, nextCursor } = timeCursor.page(users, body.limit, ({ createdAt, id }) => [
        createdAt.getTime(),
        id,
      ]);
      return { items: items.map(presentUserToAdmin), nextCursor };
    });
  }

  private queryOf({ cursor, email, clerkUserId, role, deleted }: Filters): SelectQueryBuilder<UserEntity> {
    const query = this.dataSource
      .createQueryBuilder(UserEntity, 'u')
      .orderBy('u.createdAt', 'DESC')
      .addOrderBy('u.id', 'DESC');
    const after = timeCursor.read(cursor);
    if (after !== undefined) {
      const [createdAt, id] = after;
      query.andWhere('(u.createdAt, u.id) < (:createdAt, :id)', { createdAt: new Date(createdAt), id });
    }
    if (email !== undefined) query.andWhere('lower(u.email) = lower(:email)', { email });
    if (clerkUserId !== undefined) {
      query.andWhere('u.clerkUserId = :clerkUserId', { clerkUserId });
    }
    if (role !== undefined) query.andWhere('u.role = :role', { role });
    if (deleted !== undefined) query.andWhere(`u.deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'}`);
    return query;
  }
}
