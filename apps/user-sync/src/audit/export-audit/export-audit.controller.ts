import { type ReplyOf, auditEntryFor, exportAudit } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, idCursor, requirePrincipal } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { AuditEntryEntity } from '../../database/audit-entry.entity';
import { answerRequest } from '../../requests/answer-request';
import { presentEntry } from '../list-audit/present-entry';

/** Lists the audit entries about the caller, for the export of its data. */
@Controller()
export class ExportAuditController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(exportAudit)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof exportAudit>): Promise<ReplyOf<typeof exportAudit>> {
    const { userId } = requirePrincipal(envelope);
    const { limit, cursor } = body;
    return answerRequest(async () => {
      const query = this.dataSource
        .createQueryBuilder(AuditEntryEntity, 'a')
        .where('(a.userId = :userId OR a.actorUserId = :userId)', { userId })
        .orderBy('a.id', 'DESC')
        .limit(limit + 1);
      const before = idCursor.read(cursor);
      if (before !== undefined) query.andWhere('a.id < :before', { before });
      const { items, nextCursor } = idCursor.page(await query.getMany(), limit, ({ id }) => id);
      return { items: items.map((entry) => auditEntryFor(userId, presentEntry(entry))), nextCursor };
    });
  }
}
