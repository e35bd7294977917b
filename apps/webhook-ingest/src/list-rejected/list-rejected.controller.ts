import { type ReplyOf, listRejectedDeliveries } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, idCursor, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { searchText } from '../database/event-id';
import { RejectedDeliveryEntity } from '../database/rejected-delivery.entity';

/** Lists the rejected deliveries that are kept, for admins, newest first. */
@Controller()
export class ListRejectedController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listRejectedDeliveries)
  async list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listRejectedDeliveries>,
  ): Promise<ReplyOf<typeof listRejectedDeliveries>> {
    requireAdmin(envelope);
    const { reason, webhookId, since, until, cursor, limit } = body;
    const query = this.dataSource
      .getRepository(RejectedDeliveryEntity)
      .createQueryBuilder('rejected')
      .orderBy('rejected.id', 'DESC')
      // Reads one extra row, which shows whether there is a next page.
      .limit(limit + 1);
    if (reason !== undefined) query.andWhere('rejected.reason = :reason', { reason: searchText(reason) });
    if (webhookId !== undefined)
      query.andWhere('rejected.webhookId = :webhookId', { webhookId: searchText(webhookId) });
    if (since !== undefined) query.andWhere('rejected.createdAt >= :since::timestamptz', { since });
    if (until !== undefined) query.andWhere('rejected.createdAt < :until::timestamptz', { until });
    const before = idCursor.read(cursor);
    if (before !== undefined) query.andWhere('rejected.id < :before', { before });
    const { items, nextCursor } = idCursor.page(await query.getMany(), limit, ({ id }) => id);
    return { items: items.map(({ createdAt, ...row }) => ({ ...row, at: createdAt.toISOString() })), nextCursor };
  }
}
