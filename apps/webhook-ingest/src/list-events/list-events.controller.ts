import { type ReplyOf, listWebhookEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, idCursor, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { toWebhookEvent } from './webhook-event-view';

/** Lists the ledger for admins, newest first. */
@Controller()
export class ListEventsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listWebhookEvents)
  async list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listWebhookEvents>,
  ): Promise<ReplyOf<typeof listWebhookEvents>> {
    requireAdmin(envelope);
    const { status, type, clerkUserId, cursor, limit } = body;
    const query = this.dataSource
      .getRepository(WebhookEventEntity)
      .createQueryBuilder('event')
      .orderBy('event.id', 'DESC')
      // Reads one extra row, which shows whether there is a next page.
      .limit(limit + 1);
    if (status !== undefined) query.andWhere('event.status = :status', { status });
    if (type !== undefined) query.andWhere('event.eventType = :type', { type });
    if (clerkUserId !== undefined) query.andWhere('event.clerkUserId = :clerkUserId', { clerkUserId });
    const before = idCursor.read(cursor);
    if (before !== undefined) query.andWhere('event.id < :before', { before });
    const { items, nextCursor } = idCursor.page(await query.getMany(), limit, ({ id }) => id);
    return { items: items.map(toWebhookEvent), nextCursor };
  }
}
