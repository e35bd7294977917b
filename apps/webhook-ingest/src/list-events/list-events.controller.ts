import { type ReplyOf, listWebhookEvents } from '@gatehouse/contracts';
import { idCursor, RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { toWebhookEvent } from './webhook-event-view';

/** Lists the ledger for operators, newest first. */
@Controller()
export class ListEventsController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

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
      // One more than asked for tells whether there is a next page.
      .limit(limit + 1);
    if (status !== undefined) query.andWhere('event.status = :status', { status });
    if (type !== undefined) query.andWhere('event.eventType = :type', { type });
    if (clerkUserId !== undefined) query.andWhere('event.clerkUserId = :clerkUserId', { clerkUserId });
    const before = idCursor.read(cursor);
    if (before !== undefined) query.andWhere('event.id < :before', { before });
    const rows = await query.getMany();
    const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
    return { items: items.map(toWebhookEvent), nextCursor };
  }
}
