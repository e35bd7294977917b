import { eventsConsumer } from '@gatehouse/contracts';
import { ConsumerHandler, type StreamMessage, type BatchControl } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { ClerkInstance } from '../../clerk/clerk-instance';
import { MessageUndecodableError } from '../../errors';
import { EventBatch } from './event-batch';
import { EventMetrics } from './event-metrics';
import { type EventRead, readEvent } from './read-event';

/** Consumes Clerk's events. The messages are acknowledged when the events are applied and their outcomes stored. */
@Controller()
export class EventConsumer {
  constructor(
    @Inject(ClerkInstance) private readonly instance: Pick<ClerkInstance, 'current' | 'noteForeign'>,
    private readonly batch: EventBatch,
    private readonly metrics: EventMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @ConsumerHandler(eventsConsumer)
  async handle(@Payload() messages: readonly StreamMessage[], @Ctx() control: BatchControl): Promise<void> {
    const instanceId = await this.instance.current();
    const events = messages.flatMap((message) => this.read(message, instanceId));
    for (const event of events) {
      if (event.kind === 'ignored' && event.foreignInstance) this.instance.noteForeign(event.foreignInstance);
    }
    await this.batch.handle(events, control);
  }

  /** Reads one message. Drops and counts a message whose headers do not identify an event: there is no event to report. */
  private read(message: StreamMessage, instanceId: string | undefined): EventRead[] {
    try {
      return [readEvent(message, instanceId)];
    } catch (error) {
      if (!(error instanceof MessageUndecodableError)) throw error;
      this.metrics.dropped();
      this.log.error(
        { err: error, streamSequence: message.streamSequence },
        'message dropped: its headers do not identify an event',
      );
      return [];
    }
  }
}
