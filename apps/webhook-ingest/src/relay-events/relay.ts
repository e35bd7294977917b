/*
 * Publishes events that are recorded and not on the stream, and failed events whose retry is due.
 *
 * States of the relay, which runs a round every `pollMs`:
 *
 *   working    the last round succeeded, or no round ran: at first, and while NATS is disconnected. After a round with a
 *              full batch, the next follows at once.
 *   failing    the last round threw an error: a publish failed or the database is unavailable. The error was logged when
 *              this state began.
 *   blocked    the stream is missing or cannot be used. Nothing is leased. The error is logged only at debug level,
 *              because `JetStream` has already logged that the stream is missing or differs from its contract.
 *   stopped    the service shuts down. The chunk in progress is finished; the leases of other rows are released.
 *
 * Transitions: a round that throws leads to failing or blocked. A round that succeeds, or is skipped because NATS is
 * disconnected, leads to working. The shutdown leads to stopped from every state.
 *
 * States of a row that the relay distinguishes:
 *
 *   unpublished   `published_at` is null and the status is pending or processing.
 *   retry due     the status is failed and `next_retry_at` is past.
 *   leased        `lease_until` is in the future: one relay publishes the row.
 *   published     the stream acknowledged the message. `PublishLog` sets `published_at` and removes the lease.
 *   dead          the row has no body: the status is failed, without a retry.
 *
 * Transitions: unpublished → leased, retry due → leased (under a new publish number), leased → published, leased → dead,
 * and leased → unpublished when the publish fails, the relay stops or the lease expires. No row is locked while it is
 * published, so several replicas can relay at the same time.
 */
import { clerkEventsStream, eventsConsumer } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, METRICS, PeriodicWorker, failpoint, withLogContext } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { EventPublisher } from '../publish-event/event-publisher';
import { failureLevel } from '../publish-event/failure-level';
import { type PublishableEvent } from '../publish-event/publishable-event';
import { CONFIG } from '../tokens';
import { leaseDueRetries } from './lease-due-retries';
import { type LeasedEvent, leaseUnpublished } from './lease-unpublished';
import { loadLeased, releaseLeases } from './leased-events';
import { Pace } from './pace';

const BATCH = 64;
/** Rows whose bodies are in memory at the same time: at most 16 MiB. */
const CHUNK = 16;
const MIN_FAILURE_PAUSE_MS = 100;

/**
 * Rows that were not published, and the first error. Without an error, the relay stopped before it tried these rows.
 */
interface Unpublished {
  readonly left: readonly LeasedEvent[];
  readonly error?: Error | undefined;
}

/** Runs the relay. Its rate is limited, so that new events are not delayed while a backlog is published. */
@Injectable()
export class Relay extends PeriodicWorker {
  private readonly pace: Pace;
  private readonly leases: Counter<'why'>;
  private readonly options: WebhookIngestConfig['relay'];
  private state: 'working' | 'failing' | 'blocked' = 'working';

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly publisher: EventPublisher,
    @Inject(CONFIG) config: WebhookIngestConfig,
    @Inject(METRICS) registry: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: config.relay.pollMs });
    this.options = config.relay;
    this.pace = new Pace(config.relay);
    this.leases = new Counter({
      name: 'gatehouse_ingest_relay_claims_total',
      help: 'Rows on which the relay acquired a lease, by reason: unpublished, or retry (a retry was due).',
      labelNames: ['why'],
      registers: [registry],
    });
  }

  protected override async run(): Promise<void> {
    while (!this.stopped && (await this.tryRound())) continue;
  }

  /** Runs one round; returns whether the next one should follow at once. */
  private async tryRound(): Promise<boolean> {
    try {
      const full = this.nats.connected && (await this.round());
      this.state = 'working';
      return full;
    } catch (error) {
      const state = failureLevel(error) === 'warn' ? 'failing' : 'blocked';
      const level = state === 'failing' && this.state !== state ? 'warn' : 'debug';
      this.log[level]({ err: error }, 'relay round failed; retrying');
      this.state = state;
      return false;
    }
  }

  /** Relays one batch; returns whether more rows are probably waiting. @throws the first error of a publish */
  private async round(): Promise<boolean> {
    // Leases no row while the stream is missing or cannot be used.
    await this.jetStream.streamCreatedAt(clerkEventsStream);
    const limit = Math.min(BATCH, this.pace.allowance(performance.now(), await this.backlog()));
    if (limit === 0) return false;
    // Retries get at most half of the batch, so that retries and unpublished rows do not delay each other.
    const share = Math.ceil(limit / 2);
    const retries = await leaseDueRetries(this.dataSource, { leaseMs: this.options.leaseMs, limit: share });
    this.leases.inc({ why: 'retry' }, retries.length);
    const unpublished = await leaseUnpublished(this.dataSource, {
      graceMs: this.options.graceMs,
      leaseMs: this.options.leaseMs,
      limit: limit - retries.length,
    });
    this.leases.inc({ why: 'unpublished' }, unpublished.length);
    const leased = [...retries, ...unpublished];
    this.pace.spend(leased.length);
    if (leased.length > 0) failpoint('after-relay-lease');
    const { left, error } = await this.publishInChunks(leased);
    if (left.length > 0) {
      await releaseLeases(this.dataSource, left, Math.max(this.options.graceMs, MIN_FAILURE_PAUSE_MS));
      if (error !== undefined) throw error;
      return false;
    }
    return leased.length === limit || retries.length === share;
  }

  /** Publishes chunk after chunk until one fails or the relay stops; returns the rows that are not published. */
  private async publishInChunks(leased: readonly LeasedEvent[]): Promise<Unpublished> {
    for (let start = 0; start < leased.length; start += CHUNK) {
      const rest = leased.slice(start);
      if (this.stopped) return { left: rest };
      const { left, error } = await this.publishChunk(rest.slice(0, CHUNK));
      // NATS is probably unavailable: the other chunks would fail too, each after its own timeout, so they are not
      // tried.
      if (left.length > 0) return { left: [...left, ...rest.slice(CHUNK)], error };
    }
    return { left: [] };
  }

  /** Publishes a chunk; returns the rows that failed. */
  private async publishChunk(leased: readonly LeasedEvent[]): Promise<Unpublished> {
    const events = await loadLeased(this.dataSource, leased);
    const failures: { readonly event: LeasedEvent; readonly error: Error }[] = [];
    const publish = async (event: PublishableEvent) => {
      const { webhookId, publishNumber } = event;
      try {
        await this.publisher.publish(event);
        this.log.info({ webhookId, publishNumber }, 'event relayed');
      } catch (error) {
        this.log.debug({ err: error, webhookId }, 'relaying an event failed');
        failures.push({ event, error: error as Error });
      }
    };
    await Promise.all(
      events.map((event) => withLogContext({ correlationId: event.correlationId }, () => publish(event))),
    );
    return { left: failures.map(({ event }) => event), error: failures[0]?.error };
  }

  /**
   * Number of messages on the stream that were not yet delivered to the consumer of user-sync; 0 without that consumer.
   */
  private async backlog(): Promise<number> {
    const consumer = await this.jetStream.consumerState(eventsConsumer);
    return consumer?.waiting ?? 0;
  }
}
