import {
  type StreamContract,
  clerkEventsStream,
  clerkOutcomesStream,
  eventsConsumer,
  outcomesConsumer,
} from '@gatehouse/contracts';
import { type JetStream, type NatsClient, type StreamState } from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type IngestMetrics } from '../metrics';
import { pause } from '../pause';
import { databaseNow, oweLostEvents } from './owe-lost-events';
import { makeRoom } from './make-room';
import { SettledFloor } from './settled-floor';

/** Milliseconds. */
export interface RebuildTimes {
  readonly pollMs: number;
  /** How long an acknowledged event may be without its outcome. */
  readonly graceMs: number;
}

/** More are not made owed before these are published: what is newly recorded and unpublished waits behind them. */
const MAX_OWED = 500;

const OWED = `
  SELECT count(*)::integer AS rows FROM (
    SELECT FROM webhook_events WHERE published_at IS NULL AND status IN ('pending', 'processing') LIMIT $1
  ) AS owed`;

/**
 * Notices what the stream has lost: PostgreSQL is the record, and JetStream acknowledges before it flushes. The relay
 * publishes what is found. Any number of replicas may run it.
 */
export class Rebuild implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly floor: SettledFloor;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
    private readonly times: RebuildTimes,
  ) {
    this.floor = new SettledFloor(times.graceMs);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (this.nats.connected) await this.look();
      } catch (error) {
        // NATS or the database is away; both are told of elsewhere.
        this.log.debug({ err: error }, 'the streams could not be compared with the ledger');
      }
      await pause(this.times.pollMs, this.stopping.signal);
    }
  }

  private async look(): Promise<void> {
    const asOf = await databaseNow(this.dataSource);
    // The events first: what is acknowledged in this picture has its outcome in the next one.
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
    const room = MAX_OWED - (await this.owed());
    if (room <= 0) return;
    const { createdAt, lastSequence } = events;
    const seen = { asOf, createdAt, lastSequence, settledSequence };
    const owed = await oweLostEvents(this.dataSource, seen, room);
    if (owed.length > 0) failpoint('after-owed');
    for (const { why, rows } of owed) {
      this.metrics.rebuilt.inc({ why }, rows);
      this.log.warn({ why, rows }, 'events were lost with the stream and are published again');
    }
  }

  private async makeRoom(stream: StreamContract, state: StreamState, ackFloor: number): Promise<void> {
    const messages = await makeRoom(this.jetStream, stream, state, ackFloor);
    if (messages > 0) this.log.info({ stream: stream.name, messages }, 'acknowledged messages made room in a stream');
  }

  private async owed(): Promise<number> {
    const [owed] = await this.dataSource.query<{ rows: number }[]>(OWED, [MAX_OWED]);
    return owed?.rows ?? 0;
  }
}
