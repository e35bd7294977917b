import { type ParsedRequestOf, type ReplyOf, latestTimeMs, listChangedUsers, uuidSchema } from '@gatehouse/contracts';
import { ListCursor, RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { answerRequest } from '../../requests/answer-request';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { changeHorizon } from './change-horizon';
import { type UserOrder, findUsers } from './user-query';

const momentSchema = z.int().min(0).max(latestTimeMs);

/** Time of the change and id of the last user of a page, and the horizon of the first page. */
const changeCursor = new ListCursor(z.tuple([momentSchema, uuidSchema, momentSchema]));

/**
 * Lists changed users to admins, in the order of their changes. A user who changes while the pages are read moves to a
 * later page.
 */
@Controller()
export class ListChangedUsersController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listChangedUsers)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listChangedUsers>,
  ): Promise<ReplyOf<typeof listChangedUsers>> {
    requireAdmin(envelope);
    return answerRequest(() => this.page(body));
  }

  private async page(request: ParsedRequestOf<typeof listChangedUsers>): Promise<ReplyOf<typeof listChangedUsers>> {
    const { manager } = this.dataSource;
    const { updatedSince, cursor, ...filters } = request;
    const after = changeCursor.read(cursor);
    // The horizon of the first page: a change that commits while later pages are read may belong to an earlier one.
    const horizon = after?.[2] ?? Math.max(await changeHorizon(manager), Date.parse(updatedSince));
    const users = await findUsers(manager, filters, inOrderOfChange(updatedSince, after));
    const { items, nextCursor } = changeCursor.page(users, filters.limit, ({ updatedAt, id }) => [
      updatedAt.getTime(),
      id,
      horizon,
    ]);
    return {
      items: items.map(presentUserToAdmin),
      nextCursor,
      nextUpdatedSince: nextCursor === null ? new Date(horizon).toISOString() : null,
    };
  }
}

function inOrderOfChange(since: string, after: readonly [number, string, number] | undefined): UserOrder {
  return {
    column: 'updatedAt',
    direction: 'ASC',
    begin: (query) => {
      query.andWhere('u.updatedAt >= :since', { since });
      if (after === undefined) return;
      query.andWhere('(u.updatedAt, u.id) > (:updatedAt, :afterId)', {
        updatedAt: new Date(after[0]),
        afterId: after[1],
      });
    },
  };
}
