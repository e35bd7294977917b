import { clerkEventsStream, encodeEventHeaders, eventMessageId, eventSubject } from '@gatehouse/contracts';
import { ContractAbsentError, ContractMismatchError, JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, METRICS, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, Histogram, type Registry } from 'prom-client';
import { PublishLog } from './publish-log';
import { type PublishableEvent } from './publishable-event';

/**
 * Maximum number and bytes of events that are published in the background at the same time; bounds memory. An event
 * beyond these limits is skipped here. It is already recorded, and the relay publishes it later.
 */
const MAX_IN_FLIGHT = 1_000;
const MAX_BYTES_IN_FLIGHT = 32 * 1024 * 1024;

/** Publishes recorded events and stores the stream's acknowledgement in the ledger. */
@Injectable()
export class EventPublisher {
  private readonly inFlight = new Set<Promise<void>>();
  private bytes = 0;
  private readonly publishes: Counter<'result'>;
  private readonly publishSeconds: Histogram;

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly publishLog: PublishLog,
    @Inject(METRICS) registry: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.publishes = new Counter({
      name: 'gatehouse_ingest_publishes_total',
      help: 'Publishes by result: stored, duplicate, failed, skipped.',
      labelNames: ['result'],
      registers: [registry],
    });
    this.publishSeconds = new Histogram({
      name: 'gatehouse_ingest_publish_seconds',
      help: 'Time from publishing an event to its acknowledgement by the stream.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    });
  }

  /**
   * Publishes a recorded event in the background. Skips it while NATS is disconnected or a limit is reached; the relay
   * publishes it later.
   */
  offer(event: PublishableEvent): void {
    const { length } = event.body;
    if (!this.nats.connected || this.inFlight.size >= MAX_IN_FLIGHT || this.bytes + length > MAX_BYTES_IN_FLIGHT) {
      this.publishes.inc({ result: 'skipped' });
      return;
    }
    this.bytes += length;
    const work = this.publish(event)
      .catch((error: unknown) => {
        // Readiness and one log line already report a stream that is missing or cannot be used. So the failure of each
        // event is logged only at debug level.
        const reported = error instanceof ContractAbsentError || error instanceof ContractMismatchError;
        const level = reported ? 'debug' : 'warn';
        this.log[level]({ err: error, webhookId: event.webhookId }, 'publish failed; the relay will retry');
      })
      .finally(() => {
        this.bytes -= length;
        this.inFlight.delete(work);
      });
    this.inFlight.add(work);
  }

  /** Publishes the event and stores the acknowledgement; throws when one of the two fails. */
  async publish(event: PublishableEvent): Promise<void> {
    failpoint('before-publish');
    const stopTimer = this.publishSeconds.startTimer();
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
      this.publishes.inc({ result: duplicate ? 'duplicate' : 'stored' });
      await this.publishLog.store({ id: event.id, publishNumber: event.publishNumber, sequence, streamCreatedAt });
    } catch (error) {
      this.publishes.inc({ result: 'failed' });
      throw error;
    }
  }

  /** Resolves when every background publish is over. */
  async idle(): Promise<void> {
    await Promise.all(this.inFlight);
  }
}
