import { type ParsedRequestOf, type ReplyOf, listUserConflicts } from '@gatehouse/contracts';
import { idCursor, RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, IsNull, LessThan, Not } from 'typeorm';
import { UserConflictEntity } from '../../database/user-conflict.entity';
import { answerRequest } from '../../requests/answer-request';
import { presentConflict } from './present-conflict';

type Filters = ParsedRequestOf<typeof listUserConflicts>;

/** Lists address conflicts between users to admins. */
@Controller()
export class ListConflictsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listUserConflicts)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listUserConflicts>,
  ): Promise<ReplyOf<typeof listUserConflicts>> {
    requireAdmin(envelope);
    const where = filterOf(body);
    return answerRequest(async () => {
      // Reads one extra row, which shows whether there is a next page.
      const rows = await this.dataSource.manager.find(UserConflictEntity, {
        where,
        order: { id: 'DESC' },
        take: body.limit + 1,
      });
      const { items, nextCursor } = idCursor.page(rows, body.limit, ({ id }) => id);
      return { items: items.map((row) => ({ id: row.id, ...presentConflict(row) })), nextCursor };
    });
  }
}

function filterOf({ cursor, state, kind }: Filters) {
  const before = idCursor.read(cursor);
  return {
    resolvedAt: state === 'open' ? IsNull() : Not(IsNull()),
    ...(kind && { kind }),
    ...(before !== undefined && { id: LessThan(before) }),
  };
}
