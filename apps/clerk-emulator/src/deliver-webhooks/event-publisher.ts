import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type EmulatorConfig } from '../config';
import { currentOrigin } from '../clerk/request-origin';
import { DeliveryFaults, type DeliveryPlan } from '../inject-faults/delivery-faults';
import { type Endpoint } from '../keep-endpoints/endpoint';
import { Endpoints } from '../keep-endpoints/endpoints';
import { CONFIG, NOW } from '../tokens';
import { type Delivery, type HeaderFaults } from './delivery';
import { DeliveryLog } from './delivery-log';
import { eventEnvelope } from './event-envelope';
import { WebhookDispatcher } from './webhook-dispatcher';

/**
 * An event for every endpoint that subscribes to its type. Svix, which sends Clerk's webhooks, calls such an event a
 * message; its `messageId` becomes the header `svix-id`.
 */
interface Message {
  readonly type: string;
  readonly body: string;
  readonly userId: string | null;
  readonly messageId?: string | undefined;
  readonly retry?: boolean | undefined;
  readonly faults?: HeaderFaults | undefined;
}

/** Records the deliveries of an event and queues them. */
@Injectable()
export class EventPublisher {
  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly endpoints: Endpoints,
    private readonly faults: DeliveryFaults,
    private readonly log: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Publishes an event. The body is serialised at once, so that later changes of `data` do not affect it.
   *
   * @param subject user of the event, and time of the change in ms since 1970
   */
  publish(type: string, data: object, subject: { readonly userId: string | null; readonly at: number }): void {
    const timestamp = Math.max(this.now(), subject.at);
    const envelope = eventEnvelope(type, data, {
      instanceId: this.config.instanceId,
      timestamp,
      origin: currentOrigin(),
    });
    this.publishBody(type, JSON.stringify(envelope), { userId: subject.userId });
  }

  /** Publishes an event with a ready-made body. */
  publishBody(
    type: string,
    body: string,
    subject: { readonly userId: string | null; readonly messageId?: string },
  ): void {
    const message = { type, body, userId: subject.userId, messageId: subject.messageId };
    for (const delivery of this.record(message)) if (delivery.status === 'pending') this.dispatcher.schedule(delivery);
  }

  /**
   * Records a delivery for each endpoint that subscribes to the type. When the queue is full, records the delivery as
   * failed. Fault rules do not apply to an event that has its own `faults`.
   */
  record(message: Message): Delivery[] {
    this.log.countEvent();
    const messageId = message.messageId ?? newId('msg', this.now());
    return this.endpoints.subscribedTo(message.type).flatMap((endpoint) => {
      if (message.faults) return [this.recordOne(message, messageId, endpoint, NO_FAULTS)];
      const plan = this.faults.plan(message.type, endpoint.id, message.userId);
      const copies = plan.droppedBy === null ? plan.copies : [];
      return [
        this.recordOne(message, messageId, endpoint, plan),
        ...copies.map((delayMs) => this.recordOne(message, messageId, endpoint, { ...NO_FAULTS, ...COPY, delayMs })),
      ];
    });
  }

  private recordOne(message: Message, messageId: string, endpoint: Endpoint, plan: DeliveryPlan): Delivery {
    const now = this.now();
    const full = this.log.isFullFor(message.body);
    if (full) this.logger.error({ id: messageId, type: message.type }, 'webhook queue full: event not delivered');
    const dropped = plan.droppedBy !== null;
    const failed = full || dropped;
    const delivery: Delivery = {
      id: newId('dlv', now),
      message_id: messageId,
      endpoint_id: endpoint.id,
      url: endpoint.url,
      type: message.type,
      user_id: message.userId,
      created_at: now,
      status: failed ? 'failed' : 'pending',
      note: full ? 'webhook queue full' : dropped ? `dropped by fault ${plan.droppedBy}` : null,
      next_attempt_at: failed ? null : now + (this.config.retryScheduleMs[0] ?? 0) + plan.delayMs,
      attempts: [],
      failures: 0,
      retry: message.retry ?? true,
      fault_kinds: plan.kinds,
      hold: plan.hold && { ...plan.hold },
      faults: message.faults ?? null,
      attempt_faults: plan.attemptFaults,
      body: message.body,
    };
    this.log.add(delivery);
    return delivery;
  }
}

const NO_FAULTS: DeliveryPlan = { kinds: [], droppedBy: null, delayMs: 0, hold: null, copies: [], attemptFaults: [] };
const COPY = { kinds: ['duplicate'] };
