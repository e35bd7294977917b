import { type ParsedRequestOf, type ReplyOf, listUserConflicts } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, IsNull, LessThan, Not } from 'typeorm';
import { answerRequest, requireAdmin } from '../../requests/answer-request';
import { UserConflictEntity } from '../../database/user-conflict.entity';
import { decodeIdCursor } from '../../requests/cursor';
import { presentConflict } from './present-conflict';

type Filters = ParsedRequestOf<typeof listUserConflicts>;

/** Lists to admins which users claim one address: whom a person has to talk to. */
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
      // One more than asked for tells whether there is another page.
      const rows = await this.dataSource.manager.find(UserConflictEntity, {
        where,
        order: { id: 'DESC' },
        take: body.limit + 1,
      });
      const page = rows.slice(0, body.limit);
      return {
        items: page.map((row) => ({ id: row.id, ...presentConflict(row) })),
        nextCursor: rows.length > body.limit ? (page.at(-1)?.id ?? null) : null,
      };
    });
  }
}

function filterOf({ cursor, state, kind }: Filters) {
  return {
    resolvedAt: state === 'open' ? IsNull() : Not(IsNull()),
    ...(kind && { kind }),
    ...(cursor !== undefined && { id: LessThan(decodeIdCursor(cursor)) }),
  };
}
