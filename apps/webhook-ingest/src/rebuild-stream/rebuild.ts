/*
 * Compares the ledger with the streams and requeues what the streams have lost. The ledger in PostgreSQL is complete.
 * JetStream can lose a message, because it acknowledges a publish before it flushes the message to disk. Several
 * replicas can compare at the same time.
 *
 * States of a published row (status processing) that this comparison distinguishes:
 *
 *   in flight   the stream has the message, or the consumer is handling it.
 *   lost        the stream was replaced or ends before the message, or the outcome was lost (see `Loss`).
 *   requeued    `published_at` is null again, under a new publish number. The relay publishes it.
 *
 * Transitions:
 *
 *   in flight → lost        by a cause outside this service; the comparison finds the row.
 *   lost → requeued         by this class, while fewer than `MAX_UNPUBLISHED` rows are unpublished.
 *   requeued → in flight    by the relay.
 *
 * An outcome ends all three: the status is then no longer processing.
 */
import {
  type StreamContract,
  clerkEventsStream,
  clerkOutcomesStream,
  eventsConsumer,
  outcomesConsumer,
} from '@gatehouse/contracts';
import { JetStream, NatsClient, type StreamState } from '@gatehouse/messaging';
import { LOGGER, METRICS, PeriodicWorker, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';
import { makeRoom } from './make-room';
import { databaseNow, losses, requeueLostEvents } from './requeue-lost-events';
import { SettledFloor } from './settled-floor';

/**
 * Lost events are requeued only while fewer rows than this are unpublished, because new events would wait behind the
 * requeued ones.
 */
const MAX_UNPUBLISHED = 500;

const COUNT_UNPUBLISHED = `
  SELECT count(*)::integer AS rows FROM (
    SELECT FROM webhook_events WHERE published_at IS NULL AND status IN ('pending', 'processing') LIMIT $1
  ) AS unpublished`;

/** Compares the ledger with the streams at a fixed interval while NATS is connected. */
@Injectable()
export class Rebuild extends PeriodicWorker {
  private readonly floor: SettledFloor;
  private readonly rebuilt: Counter<'why'>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    @Inject(CONFIG) { rebuild }: WebhookIngestConfig,
    @Inject(METRICS) registry: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: rebuild.pollMs });
    this.floor = new SettledFloor(rebuild.graceMs);
    this.rebuilt = new Counter({
      name: 'gatehouse_ingest_rebuilt_events_total',
      help: 'Events published again because the stream lost them: other_stream, beyond_stream, no_outcome.',
      labelNames: ['why'],
      registers: [registry],
    });
    for (const why of losses) this.rebuilt.inc({ why }, 0);
  }

  protected override async run(): Promise<void> {
    try {
      if (this.nats.connected) await this.compare();
    } catch (error) {
      // Logged at debug level: readiness already reports that NATS or the database is unavailable.
      this.log.debug({ err: error }, 'comparing the streams with the ledger failed');
    }
  }

  private async compare(): Promise<void> {
    const asOf = await databaseNow(this.dataSource);
    // Reads the event stream before the outcome stream. user-sync stores an outcome before it acknowledges the event,
    // so the later read contains the outcome of every acknowledged event. In the opposite order, an outcome stored
    // between the two reads would be missing. Its event would be taken for lost and published again.
    const events = await this.jetStream.streamState(clerkEventsStream);
    if (events === undefined) return;
    const consumer = await this.jetStream.consumerState(eventsConsumer);
    const outcomes = await this.jetStream.streamState(clerkOutcomesStream);
    const follower = await this.jetStream.consumerState(outcomesConsumer);
    const settledSequence = this.floor.observe({
      atMs: performance.now(),
      eventsCreatedAt: events.createdAt,
      eventsFloor: Math.max(consumer?.ackFloor ?? 0, events.firstSequence - 1),
      outcomesCreatedAt: outcomes?.createdAt,
      outcomesLast: outcomes?.lastSequence ?? 0,
      outcomesFloor: Math.max(follower?.ackFloor ?? 0, (outcomes?.firstSequence ?? 0) - 1),
    });
    await this.makeRoom(clerkEventsStream, events, consumer?.ackFloor ?? 0);
    if (outcomes !== undefined) await this.makeRoom(clerkOutcomesStream, outcomes, follower?.ackFloor ?? 0);
    const room = MAX_UNPUBLISHED - (await this.countUnpublished());
    if (room <= 0) return;
    const { createdAt, lastSequence } = events;
    const seen = { asOf, createdAt, lastSequence, settledSequence };
    const requeued = await requeueLostEvents(this.dataSource, seen, room);
    if (requeued.length > 0) failpoint('after-requeue');
    for (const { why, rows } of requeued) {
      this.rebuilt.inc({ why }, rows);
      this.log.warn({ why, rows }, 'events lost by the stream; publishing them again');
    }
  }

  private async makeRoom(stream: StreamContract, state: StreamState, ackFloor: number): Promise<void> {
    const messages = await makeRoom(this.jetStream, stream, state, ackFloor);
    if (messages > 0) this.log.info({ stream: stream.name, messages }, 'acknowledged messages removed from the stream');
  }

  private async countUnpublished(): Promise<number> {
    const [row] = await this.dataSource.query<{ rows: number }[]>(COUNT_UNPUBLISHED, [MAX_UNPUBLISHED]);
    return row?.rows ?? 0;
  }
}
