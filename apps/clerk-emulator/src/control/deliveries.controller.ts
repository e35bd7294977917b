import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type JsonObject } from '../clerk/json';
import { type Delivery } from '../deliver-webhooks/delivery';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { type DeliveryDetail, type DeliverySummary, detailOf, summaryOf } from '../deliver-webhooks/delivery-view';
import { eventEnvelope } from '../deliver-webhooks/event-envelope';
import { eventPreset } from '../deliver-webhooks/event-presets';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { ClerkParams } from '../http/clerk-params.pipe';
import { currentOrigin } from '../clerk/request-origin';
import { Instance } from '../instance';
import { NOW } from '../tokens';
import {
  type ListDeliveriesParams,
  listDeliveriesParams,
  type SendEventParams,
  sendEventParams,
} from './control.schemas';

const CONCURRENCY = 64;

/** Shows and resends deliveries, sends events on request, and pauses and resumes the queue. */
@Controller('emulator')
export class DeliveriesController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly events: EventPublisher,
    private readonly dispatcher: WebhookDispatcher,
    private readonly instance: Instance,
    @Inject(NOW) private readonly now: Now,
  ) {}

  @Get('deliveries')
  list(@Query(new ClerkParams(listDeliveriesParams)) params: ListDeliveriesParams): { data: DeliverySummary[] } {
    return { data: this.log.list(params).map(summaryOf) };
  }

  @Get('deliveries/:id')
  show(@Param('id') id: string): { data: DeliveryDetail[] } {
    return { data: this.log.find(id).map(detailOf) };
  }

  /**
   * Resends the delivery with this id, or all deliveries of the event with this `svix-id`. Responds after one attempt
   * for each delivery.
   */
  @Post('deliveries/:id/resend')
  @HttpCode(200)
  async resend(@Param('id') id: string): Promise<{ data: DeliverySummary[] }> {
    return this.send(this.log.find(id));
  }

  /**
   * Sends the given event at once, even during a pause, to each enabled endpoint that subscribes to its type. For tests
   * of receivers, the body, type, signature and other headers may be invalid. Responds after one attempt for each
   * endpoint.
   */
  @Post('events')
  @HttpCode(200)
  async sendEvent(
    @Body(new ClerkParams(sendEventParams)) params: SendEventParams,
  ): Promise<{ data: DeliverySummary[] }> {
    const { svix_id: messageId, ...faults } = params.headers_override ?? {};
    const { type, body, data } = this.contentOf(params);
    const userId = params.user_id ?? subjectOf(data);
    const message = { type, body, userId, messageId, retry: params.retry, faults };
    return this.send(this.events.record(message));
  }

  @Post('pause')
  @HttpCode(200)
  pause(): { paused: boolean } {
    this.dispatcher.pause();
    return { paused: true };
  }

  @Post('resume')
  @HttpCode(200)
  resume(): { paused: boolean } {
    this.dispatcher.resume();
    return { paused: false };
  }

  private async send(deliveries: Delivery[]): Promise<{ data: DeliverySummary[] }> {
    // The workers share one iterator: each delivery is sent once, and at most `CONCURRENCY` at a time.
    const remaining = deliveries.values();
    const worker = async (): Promise<void> => {
      for (const delivery of remaining) await this.dispatcher.sendNow(delivery);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return { data: deliveries.map(summaryOf) };
  }

  private contentOf(params: SendEventParams): { type: string; body: string; data?: JsonObject } {
    const { type = '', body, data = {}, preset } = params;
    if (body !== undefined) return { type, body: typeof body === 'string' ? body : JSON.stringify(body) };
    const event = preset === undefined ? { type, data } : eventPreset(preset, this.now(), this.instance.issuer);
    const envelope = eventEnvelope(event.type, event.data, {
      instanceId: [params.instance_id, event.instanceId, this.instance.id].find((id) => id !== undefined) ?? null,
      timestamp: params.timestamp ?? this.now(),
      origin: currentOrigin(),
    });
    return { type: event.type, body: JSON.stringify(envelope), data: event.data };
  }
}

/** Id of the user that an event is about; null when its data has none. */
function subjectOf(data: JsonObject = {}): string | null {
  const id = data['user_id'] ?? data['id'];
  return typeof id === 'string' && id.startsWith('user_') ? id : null;
}
