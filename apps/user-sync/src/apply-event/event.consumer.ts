import { eventsConsumer } from '@gatehouse/contracts';
import { ConsumerHandler, type DeliveredMessage, type Turn } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { CONFIG, type UserSyncConfig } from '../config';
import { MessageUndecodableError } from '../errors';
import { EventBatch } from './event-batch';
import { EventMetrics } from './event-metrics';
import { type EventRead, readEvent } from './read-event';

/** Takes Clerk's events from the stream; returns when they are applied and their outcomes stored. */
@Controller()
export class EventConsumer {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    @Inject(EventBatch) private readonly batch: EventBatch,
    @Inject(EventMetrics) private readonly metrics: EventMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @ConsumerHandler(eventsConsumer)
  async handle(@Payload() messages: readonly DeliveredMessage[], @Ctx() turn: Turn): Promise<void> {
    await this.batch.handle(
      messages.flatMap((message) => this.read(message)),
      turn,
    );
  }

  /** A message that does not say which event it is has nobody to be reported to: it is dropped, and counted. */
  private read(message: DeliveredMessage): EventRead[] {
    try {
      return [readEvent(message, this.config.clerk.instanceId)];
    } catch (error) {
      if (!(error instanceof MessageUndecodableError)) throw error;
      this.metrics.dropped();
      this.log.error({ err: error, streamSequence: message.streamSequence }, 'a message was dropped');
      return [];
    }
  }
}
