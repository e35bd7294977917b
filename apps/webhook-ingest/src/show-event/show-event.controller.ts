import { type ReplyOf, getWebhookEvent } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { storableText } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { toWebhookEvent } from '../list-events/webhook-event-view';
import { showablePayload } from './showable-payload';

const LEDGER_ID = /^[1-9]\d{0,17}$/;
const MAX_ID = 256;

const BODY = `
  SELECT body FROM event_bodies AS stored JOIN webhook_events AS event
      ON stored.event_id = event.id AND stored.created_at = event.created_at
   WHERE event.id = $1`;

/** Shows one row of the ledger with all that is known of it. */
@Controller()
export class ShowEventController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @RequestHandler(getWebhookEvent)
  async show(
    @Payload() { body: { id }, envelope }: VerifiedRequest<typeof getWebhookEvent>,
  ): Promise<ReplyOf<typeof getWebhookEvent>> {
    requireAdmin(envelope);
    const row = await this.dataSource
      .getRepository(WebhookEventEntity)
      .findOneBy(LEDGER_ID.test(id) ? { id } : { webhookId: storableText(id, MAX_ID) });
    if (row === null) throw new RequestRefusedError('not_found', 'there is no such webhook event');
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
