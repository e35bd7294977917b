import { type ReplyOf, listUsers, searchUsers } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, timeCursor, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { type UserFilters, type UserOrder, findUsers } from './user-query';

type Page = ReplyOf<typeof searchUsers>;

/** Lists users to admins, newest first. */
@Controller()
export class ListUsersController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(searchUsers)
  search(@Payload() { body, envelope }: VerifiedRequest<typeof searchUsers>): Promise<Page> {
    requireAdmin(envelope);
    return this.page(body);
  }

  @RequestHandler(listUsers)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listUsers>): Promise<Page> {
    requireAdmin(envelope);
    return this.page(body);
  }

  private page(filters: UserFilters): Promise<Page> {
    return answerRequest(async () => {
      const users = await findUsers(this.dataSource.manager, filters, newestFirst(filters.cursor));
      const { items, nextCursor } = timeCursor.page(users, filters.limit, ({ createdAt, id }) => [
        createdAt.getTime(),
        id,
      ]);
      return { items: items.map(presentUserToAdmin), nextCursor };
    });
  }
}

function newestFirst(cursor: string | undefined): UserOrder {
  const after = timeCursor.read(cursor);
  return {
    column: 'createdAt',
    direction: 'DESC',
    begin: (query) => {
      if (after === undefined) return;
      query.andWhere('(u.createdAt, u.id) < (:createdAt, :afterId)', {
        createdAt: new Date(after[0]),
        afterId: after[1],
      });
    },
  };
}
