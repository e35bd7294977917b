import { type ReplyOf, listWebhookEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, idCursor, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { eventConditions } from './event-conditions';
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
    const { cursor, limit, ...filter } = body;
    const query = this.dataSource
      .getRepository(WebhookEventEntity)
      .createQueryBuilder('event')
      .orderBy('event.id', 'DESC')
      // Reads one extra row, which shows whether there is a next page.
      .limit(limit + 1);
    for (const [condition, values] of eventConditions(filter)) query.andWhere(condition, values);
    const before = idCursor.read(cursor);
    if (before !== undefined) query.andWhere('event.id < :before', { before });
    const { items, nextCursor } = idCursor.page(await query.getMany(), limit, ({ id }) => id);
    return { items: items.map(toWebhookEvent), nextCursor };
  }
}
