import { type ReplyOf, exportWebhookEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, idCursor, requirePrincipal } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { WebhookEventEntity } from '../database/webhook-event.entity';
import { showablePayload } from '../show-event/showable-payload';

type Page = ReplyOf<typeof exportWebhookEvents>;

/** Size of the payloads of a page, in JSON, after which it ends early. One payload may be larger. */
const MAX_PAGE_BYTES = 500_000;
/** Most events whose payloads are read at once. A payload has at most 1 MiB. */
const MAX_EVENTS = 20;

const BODIES = `
  SELECT event.id, stored.body FROM event_bodies AS stored JOIN webhook_events AS event
      ON stored.event_id = event.id AND stored.created_at = event.created_at
   WHERE event.id = ANY($1::bigint[])`;

/** Lists the events about the caller, for the export of its data. */
@Controller()
export class ExportEventsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(exportWebhookEvents)
  async list(@Payload() { body, envelope }: VerifiedRequest<typeof exportWebhookEvents>): Promise<Page> {
    const { clerkUserId } = requirePrincipal(envelope);
    if (clerkUserId === null) return { items: [], nextCursor: null };
    const limit = Math.min(body.limit, MAX_EVENTS);
    const query = this.dataSource
      .getRepository(WebhookEventEntity)
      .createQueryBuilder('event')
      .where('event.clerkUserId = :clerkUserId', { clerkUserId })
      .orderBy('event.id', 'DESC')
      .limit(limit + 1);
    const before = idCursor.read(body.cursor);
    if (before !== undefined) query.andWhere('event.id < :before', { before });
    const rows = await query.getMany();
    const fitting = await this.fitting(rows.slice(0, limit));
    const { nextCursor } = idCursor.page(rows, fitting.length, ({ id }) => id);
    return { items: fitting, nextCursor };
  }

  /** The first events with their payloads, as many as fit into a reply; at least one. */
  private async fitting(rows: readonly WebhookEventEntity[]): Promise<Page['items']> {
    const ids = rows.map(({ id }) => id);
    const stored = await this.dataSource.query<{ id: string; body: Buffer }[]>(BODIES, [ids]);
    const bodies = new Map(stored.map(({ id, body }) => [id, body]));
    const items: Page['items'] = [];
    let bytes = 0;
    for (const row of rows) {
      const payload = showablePayload(bodies.get(row.id) ?? null);
      bytes += Buffer.byteLength(JSON.stringify(payload));
      if (bytes > MAX_PAGE_BYTES && items.length > 0) break;
      items.push({
        id: row.id,
        webhookId: row.webhookId,
        eventType: row.eventType,
        status: row.status,
        occurredAt: row.occurredAt?.toISOString() ?? null,
        createdAt: row.createdAt.toISOString(),
        payload,
      });
    }
    return items;
  }
}
