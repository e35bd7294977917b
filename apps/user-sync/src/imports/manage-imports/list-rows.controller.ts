import { type ReplyOf, type UserImportRow, listUserImportRows } from '@gatehouse/contracts';
import { RequestHandler, numberCursor, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { UserImportRowEntity } from '../../database/user-import-row.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { requireImport } from './find-import';

/** Lists the rows of an import to admins, in the order of the file. */
@Controller()
export class ListRowsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listUserImportRows)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listUserImportRows>,
  ): Promise<ReplyOf<typeof listUserImportRows>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const { id, limit, cursor, action, outcome, reversal, user } = body;
      const { manager } = this.dataSource;
      await requireImport(manager, id);
      const query = manager
        .createQueryBuilder(UserImportRowEntity, 'r')
        .where('r.importId = :id AND r.row > :after', { id, after: numberCursor.read(cursor) ?? 0 });
      if (action !== undefined) query.andWhere('r.action = :action', { action });
      if (outcome !== undefined) query.andWhere('r.outcome = :outcome', { outcome });
      if (reversal !== undefined) query.andWhere('r.reversal = :reversal', { reversal });
      if (user !== undefined) {
        query.andWhere('r.userId = :userId', { userId: (await requireUser(manager, user)).id });
      }
      const rows = await query
        .orderBy('r.row')
        .limit(limit + 1)
        .getMany();
      const { items, nextCursor } = numberCursor.page(rows, limit, ({ row }) => row);
      return { items: items.map(presentRow), nextCursor };
    });
  }
}

function presentRow({
  row,
  line,
  action,
  reason,
  detail,
  errors,
  userId,
  sets,
  leaves,
  outcome,
  failure,
  reversal,
  notRestored,
}: UserImportRowEntity): UserImportRow {
  return {
    ...{ row, line, action, reason, detail, errors: [...errors], userId },
    ...{ sets, leaves, outcome, failure, reversal, notRestored },
  };
}
