import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { NOW, type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { currentOrigin } from '../http/request-origin';
import { type Delivery, type HeaderFaults } from './delivery';
import { DeliveryLog } from './delivery-log';
import { Endpoints } from './endpoints';
import { eventEnvelope } from './event-envelope';
import { WebhookDispatcher } from './webhook-dispatcher';

/** What is to be delivered, to every endpoint. */
export interface Message {
  readonly type: string;
  readonly body: string;
  readonly userId: string | null;
  readonly messageId?: string | undefined;
  readonly retry?: boolean | undefined;
  readonly faults?: HeaderFaults | undefined;
}

/** Turns changes into webhooks and puts them in the queue. */
@Injectable()
export class EventPublisher {
  private published = 0;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly endpoints: Endpoints,
    private readonly log: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Events published over the emulator's whole life. */
  get count(): number {
    return this.published;
  }

  restoreCount(count: number): void {
    this.published = count;
  }

  /**
   * Announces a change. The body is made now, so that it says what was true now.
   *
   * @param subject whom it is about, and when it happened in ms
   */
  publish(type: string, data: object, subject: { readonly userId: string; readonly at: number }): void {
    const timestamp = Math.max(this.now(), subject.at);
    const envelope = eventEnvelope(type, data, {
      instanceId: this.config.instanceId,
      timestamp,
      origin: currentOrigin(),
    });
    const message = { type, body: JSON.stringify(envelope), userId: subject.userId };
    for (const delivery of this.record(message)) if (delivery.status === 'pending') this.dispatcher.schedule(delivery);
  }

  /** Records one delivery for each endpoint; a full queue takes none and says so. */
  record(message: Message): Delivery[] {
    this.published++;
    const now = this.now();
    const message_id = message.messageId ?? newId('msg', now);
    return this.endpoints.urls.map((url) => {
      const full = this.log.pendingCount >= this.config.webhookQueueLimit;
      if (full) this.logger.error({ id: message_id, type: message.type }, 'webhook queue is full: event not delivered');
      const delivery: Delivery = {
        id: newId('dlv', now),
        message_id,
        url,
        type: message.type,
        user_id: message.userId,
        created_at: now,
        status: full ? 'failed' : 'pending',
        next_attempt_at: full ? null : now + (this.config.retryScheduleMs[0] ?? 0),
        attempts: [],
        failures: 0,
        retry: message.retry ?? true,
        faults: message.faults ?? null,
        body: message.body,
      };
      this.log.add(delivery);
      return delivery;
    });
  }
}
