import {
  type AuditAction,
  type ParsedRequestOf,
  type ReplyOf,
  listAudit,
  recordAudit as recordAuditRequest,
} from '@gatehouse/contracts';
import { idCursor, RequestHandler, fieldRefused, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { isStorable } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { AuditEntryEntity } from '../../database/audit-entry.entity';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { type AuditNote, recordAudit } from '../audit-log/record-audit';
import { presentEntry } from './present-entry';

type Filters = ParsedRequestOf<typeof listAudit>;

/** Records audit entries for the gateway, and lists the audit log to admins. */
@Controller()
export class AuditController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(recordAuditRequest)
  record(@Payload() { body, envelope }: VerifiedRequest<typeof recordAuditRequest>): Promise<Record<string, never>> {
    if (!Object.entries(body.details).flat().every(isStorableValue)) {
      throw fieldRefused('invalid_request', 'details', 'contains characters that cannot be stored');
    }
    const { clerkSessionId, action, ...said } = body;
    const { principal } = envelope;
    const note: AuditNote = {
      // A newer gateway may send an action that this type does not list. It is recorded unchanged.
      action: action as AuditAction,
      ...said,
      ...(principal === null &&
        clerkSessionId !== undefined && {
          actor: { userId: null, method: 'clerk_session', credentialId: clerkSessionId },
        }),
    };
    return answerRequest(async () => {
      const userId = principal?.userId ?? (await this.userOf(clerkSessionId === undefined ? undefined : said.subject));
      await recordAudit(this.dataSource.manager, envelope, { ...note, userId });
      return {};
    });
  }

  @RequestHandler(listAudit)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listAudit>): Promise<ReplyOf<typeof listAudit>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      const userId = body.userId === undefined ? undefined : (await requireUser(manager, body.userId)).id;
      const query = this.queryOf({ ...body, userId });
      // Reads one extra row, which shows whether there is a next page.
      const entries = await query.limit(body.limit + 1).getMany();
      const { items, nextCursor } = idCursor.page(entries, body.limit, ({ id }) => id);
      return { items: items.map(presentEntry), nextCursor };
    });
  }

  /** Our id of a Clerk user; null without `clerkUserId`, and for a user that is not stored here. */
  private async userOf(clerkUserId: string | null | undefined): Promise<string | null> {
    if (clerkUserId === null || clerkUserId === undefined) return null;
    const user = await this.dataSource.manager.findOne(UserEntity, { select: { id: true }, where: { clerkUserId } });
    return user?.id ?? null;
  }

  private queryOf(filters: Filters): SelectQueryBuilder<AuditEntryEntity> {
    const { cursor, userId, credentialId, action, outcome, since, until } = filters;
    const query = this.dataSource.createQueryBuilder(AuditEntryEntity, 'a').orderBy('a.id', 'DESC');
    const before = idCursor.read(cursor);
    if (before !== undefined) query.andWhere('a.id < :before', { before });
    if (userId !== undefined) query.andWhere('(a.userId = :userId OR a.actorUserId = :userId)', { userId });
    if (credentialId !== undefined) query.andWhere('a.credentialId = :credentialId', { credentialId });
    if (action !== undefined) query.andWhere('a.action = :action', { action });
    if (outcome !== undefined) query.andWhere('a.outcome = :outcome', { outcome });
    if (since !== undefined) query.andWhere('a.at >= :since', { since });
    if (until !== undefined) query.andWhere('a.at < :until', { until });
    return query;
  }
}

function isStorableValue(value: unknown): boolean {
  return typeof value !== 'string' || isStorable(value);
}
