import { type ReplyOf, listWebhookEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { decodeCursor, encodeCursor } from './cursor';
import { requireAdmin } from './require-admin';
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
    if (cursor !== undefined) query.andWhere('event.id < :before', { before: decodeCursor(cursor) });
    const rows = await query.getMany();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(toWebhookEvent),
      nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null,
    };
  }
}
