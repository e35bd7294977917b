import { clerkEventsStream, encodeEventHeaders, eventMessageId, eventSubject } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, METRICS, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, Histogram, type Registry } from 'prom-client';
import { failureLevel } from './failure-level';
import { PublishLog } from './publish-log';
import { type PublishableEvent } from './publishable-event';

/**
 * Maximum number and bytes of events that are published in the background at the same time; bounds memory. An event
 * beyond these limits is skipped here. It is already recorded, and the relay publishes it later.
 */
const MAX_IN_FLIGHT = 1_000;
const MAX_BYTES_IN_FLIGHT = 32 * 1024 * 1024;
/** Time for which background publishing stops when the stream is missing or cannot be used; milliseconds. */
const UNUSABLE_PAUSE_MS = 500;

/**
 * Publishes recorded events and stores the stream's acknowledgement in the ledger.
 *
 * States of publishing in the background:
 *
 *   working    the last publish succeeded, or none was tried.
 *   failing    the last publish failed. The first failure was logged, later ones are logged at debug level.
 *
 * Transitions: working → failing when a publish fails, and failing → working when one succeeds.
 *
 * In both states, publishing pauses after the stream was found to be missing or unusable: until `pausedUntil`, events are
 * skipped. Such a failure changes no state. The state only decides which failure is logged as a warning, and
 * `JetStream` has already logged that the stream is missing or unusable.
 */
@Injectable()
export class EventPublisher {
  private readonly inFlight = new Set<Promise<void>>();
  private bytes = 0;
  private state: 'working' | 'failing' = 'working';
  private pausedUntil = 0;
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
   * Publishes a recorded event in the background. Skips it while NATS is disconnected, publishing is paused or a limit is
   * reached; the relay publishes it later.
   */
  offer(event: PublishableEvent): void {
    const { length } = event.body;
    const full = this.inFlight.size >= MAX_IN_FLIGHT || this.bytes + length > MAX_BYTES_IN_FLIGHT;
    if (full || !this.nats.connected || performance.now() < this.pausedUntil) {
      this.publishes.inc({ result: 'skipped' });
      return;
    }
    this.bytes += length;
    const work = this.publish(event)
      .then(
        () => this.succeeded(),
        (error: unknown) => this.failed(event, error),
      )
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

  private succeeded(): void {
    if (this.state === 'failing') this.log.info('publishing succeeded again');
    this.state = 'working';
  }

  private failed({ webhookId }: PublishableEvent, error: unknown): void {
    const level = failureLevel(error);
    const first = level === 'warn' && this.state === 'working';
    this.log[first ? 'warn' : 'debug']({ err: error, webhookId }, 'publish failed; the relay will retry');
    if (level === 'warn') this.state = 'failing';
    else this.pausedUntil = performance.now() + UNUSABLE_PAUSE_MS;
  }

  /** Resolves when every background publish is over. */
  async idle(): Promise<void> {
    await Promise.all(this.inFlight);
  }
}
