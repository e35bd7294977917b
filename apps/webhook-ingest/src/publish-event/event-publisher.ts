import { clerkEventsStream, encodeEventHeaders, eventMessageId, eventSubject } from '@gatehouse/contracts';
import { failpoint } from '@gatehouse/observability';
import { type JetStream, JetStreamConfigurationError, type NatsClient } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type IngestMetrics } from '../metrics';
import { type PublishLog } from './publish-log';
import { type PublishableEvent } from './publishable-event';

/** Beyond these an event is left to the relay: it is recorded, and memory is not the place to wait in. */
const MAX_IN_FLIGHT = 1_000;
const MAX_BYTES_IN_FLIGHT = 32 * 1024 * 1024;

/** Publishes recorded events and stores the stream's acknowledgement in the ledger. */
export class EventPublisher {
  private readonly inFlight = new Set<Promise<void>>();
  private bytes = 0;

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly publishLog: PublishLog,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
  ) {}

  /** Publishes in the background, right after the commit; skipped while disconnected or when too many are under way. */
  offer(event: PublishableEvent): void {
    const { length } = event.body;
    if (!this.nats.connected || this.inFlight.size >= MAX_IN_FLIGHT || this.bytes + length > MAX_BYTES_IN_FLIGHT) {
      this.metrics.publishes.inc({ result: 'skipped' });
      return;
    }
    this.bytes += length;
    const work = this.publish(event)
      .catch((error: unknown) => {
        // What NATS refuses is told by readiness, and once in the log: not for each delivery.
        const level = error instanceof JetStreamConfigurationError ? 'debug' : 'warn';
        this.log[level]({ err: error, webhookId: event.webhookId }, 'an event was not published, the relay will do it');
      })
      .finally(() => {
        this.bytes -= length;
        this.inFlight.delete(work);
      });
    this.inFlight.add(work);
  }

  /** Publishes and stores the acknowledgement; throws when either did not happen. */
  async publish(event: PublishableEvent): Promise<void> {
    failpoint('before-publish');
    const stopTimer = this.metrics.publishSeconds.startTimer();
    try {
      const { sequence, streamCreatedAt, duplicate } = await this.jetStream.publish({
        stream: clerkEventsStream,
        subject: eventSubject(event.eventType),
        messageId: eventMessageId(event.webhookId, event.publishNumber),
        headers: encodeEventHeaders({
          webhookId: event.webhookId,
          eventType: event.eventType,
          attempt: event.attempt,
          publishNumber: event.publishNumber,
          receivedAt: event.receivedAt.getTime(),
          correlationId: event.correlationId,
        }),
        data: event.body,
      });
      stopTimer();
      failpoint('after-publish');
      this.metrics.publishes.inc({ result: duplicate ? 'duplicate' : 'stored' });
      await this.publishLog.store({ id: event.id, publishNumber: event.publishNumber, sequence, streamCreatedAt });
    } catch (error) {
      this.metrics.publishes.inc({ result: 'failed' });
      throw error;
    }
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.inFlight);
  }
}
