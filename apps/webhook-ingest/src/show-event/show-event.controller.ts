import { type ReplyOf, getWebhookEvent } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { isLedgerId, searchText } from '../database/event-id';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { toWebhookEvent } from '../list-events/webhook-event-view';
import { showablePayload } from './showable-payload';

const BODY = `
  SELECT body FROM event_bodies AS stored JOIN webhook_events AS event
      ON stored.event_id = event.id AND stored.created_at = event.created_at
   WHERE event.id = $1`;

/** Shows one event with all of its stored fields, for admins. */
@Controller()
export class ShowEventController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(getWebhookEvent)
  async show(
    @Payload() { body: { id }, envelope }: VerifiedRequest<typeof getWebhookEvent>,
  ): Promise<ReplyOf<typeof getWebhookEvent>> {
    requireAdmin(envelope);
    const row = await this.dataSource
      .getRepository(WebhookEventEntity)
      .findOneBy(isLedgerId(id) ? { id } : { webhookId: searchText(id) });
    if (row === null) throw new RequestRefusedError('not_found', 'This webhook event does not exist.');
    const [stored] = await this.dataSource.query<{ body: Buffer }[]>(BODY, [row.id]);
    return {
      ...toWebhookEvent(row),
      errorDetails: row.errorDetails,
      processedData: row.processedData,
      sourceIp: row.sourceIp,
      userAgent: row.userAgent,
      payload: showablePayload(stored?.body ?? null),
    };
  }
}
