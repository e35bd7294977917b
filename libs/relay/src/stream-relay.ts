import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompactedStream, type JetStream, type NatsClient } from '@gatehouse/messaging';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Registry } from 'prom-client';
import { type DataSource } from 'typeorm';
import { BatchPace } from './batch-pace';
import { EpochMarker } from './epoch-marker';
import { EpochRecord } from './epoch-record';
import { EpochWriter } from './epoch-writer';
import { LeaseLostError, RelayStoppedError } from './errors';
import { Outbox } from './outbox';
import { OutboxRelay } from './outbox-relay';
import { RelayMetrics } from './relay-metrics';
import { RelayOutage } from './relay-outage';
import { RowPublisher } from './row-publisher';
import { StreamInspector } from './stream-inspector';
import { type RelayOptions, type StreamSource } from './stream-source';

const MEASURE_EVERY_MS = 5_000;

/** What a {@link StreamRelay} needs from its service. */
export interface RelayParts {
  readonly source: StreamSource;
  readonly dataSource: DataSource;
  readonly nats: NatsClient;
  readonly jetStream: JetStream;
  readonly metrics: Registry;
  readonly log: Logger;
}

/*
 * States of the relay:
 *
 *   unsure  it is not known whether the stream is the one that the database recorded. Nothing is relayed.
 *   sure    an inspection found that it is. The outbox is relayed.
 *
 * unsure → sure: an inspection that finds no need for a new epoch, or that began one. sure → unsure: the connection is
 * lost, a publish fails, or an inspection finds a reason for a new epoch.
 */

/**
 * Keeps a compacted stream equal to the rows of a database: relays the outbox, and writes the whole stream anew when it
 * was lost and when a refill is due. Runs on every replica at the same time. While NATS is away, it pauses.
 */
export class StreamRelay implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly record: EpochRecord;
  private readonly outbox: Outbox;
  private readonly relay: OutboxRelay;
  private readonly pace: BatchPace;
  private readonly inspector: StreamInspector;
  private readonly writer: EpochWriter;
  private readonly metrics: RelayMetrics;
  private readonly relayOutage: RelayOutage;
  private readonly epochOutage: RelayOutage;
  private running: Promise<unknown> = Promise.resolve();
  private sure = false;
  private inspectedAt = Number.NEGATIVE_INFINITY;
  private doubted = new AbortController();

  constructor(
    private readonly parts: RelayParts,
    private readonly options: RelayOptions,
  ) {
    const { source, dataSource, nats, jetStream, log } = parts;
    const { stream: contract, subjectPrefix } = source;
    const stream = new CompactedStream(nats, jetStream, contract);
    const metrics = new RelayMetrics(parts.metrics, options.metricPrefix, options.refillMs);
    const marker = new EpochMarker(stream, subjectPrefix);
    const publisher = new RowPublisher(stream, subjectPrefix, log);
    const record = new EpochRecord(dataSource, contract.name, randomUUID(), options.leaseMs);
    const outbox = new Outbox(dataSource, contract.name, source.outboxes);
    this.metrics = metrics;
    this.record = record;
    this.outbox = outbox;
    this.pace = new BatchPace(options.pollMs, this.stopping.signal);
    this.relay = new OutboxRelay({ source, dataSource, outbox, record, publisher, metrics });
    this.inspector = new StreamInspector({ stream, record, marker, metrics, refillMs: options.refillMs, log });
    this.writer = new EpochWriter({ source, dataSource, stream, record, marker, publisher, metrics });
    this.relayOutage = new RelayOutage(contract.name, log);
    this.epochOutage = new RelayOutage(contract.name, log);
    nats.onLoss(() => this.doubt());
    nats.onConnect(() => this.wake());
  }

  onApplicationBootstrap(): void {
    this.running = Promise.all([this.relayOutbox(), this.keepEpoch(), this.measure()]);
  }

  /** Relays the outbox now: a transaction that changed rows has committed. */
  wake(): void {
    this.pace.wake();
  }

  /** Stops both loops, without waiting: `beforeApplicationShutdown` waits. What is in the outbox stays there. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
    await this.record.release().catch(() => undefined);
  }

  private async relayOutbox(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.pace.begin();
      let more = false;
      if (this.sure) {
        try {
          more = await this.relay.relayBatch();
          this.relayOutage.ended();
        } catch (error) {
          this.doubt();
          await this.pause(this.relayOutage.after(error));
        }
      }
      if (!more) await this.pace.next();
    }
  }

  private async keepEpoch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.doubted = new AbortController();
      try {
        await this.inspect();
        this.epochOutage.ended();
        await this.pauseUntilDue();
      } catch (error) {
        if (error instanceof RelayStoppedError) return;
        this.doubt();
        // Another process writes the epoch, so nothing failed.
        const waitMs = error instanceof LeaseLostError ? this.options.inspectMs : this.epochOutage.after(error);
        await this.pause(waitMs);
      }
    }
  }

  /** Inspects the stream, and writes an epoch if that is necessary and no other process does. */
  private async inspect(): Promise<void> {
    const { verdict } = await this.inspector.inspect();
    this.inspectedAt = performance.now();
    this.trust(verdict.kind !== 'begin' || verdict.reason === 'refill');
    if (verdict.kind === 'intact') return;
    const epoch = await this.inspector.takeOver();
    try {
      if (epoch === undefined) return;
      this.trust(true);
      const startedAt = performance.now();
      const { rows } = await this.writer.write(epoch, this.stopping.signal, () => this.inspectBetweenSteps());
      // Changes waited in the outbox until the marker of the epoch was on the stream.
      this.wake();
      const ms = Math.round(performance.now() - startedAt);
      this.parts.log.info({ epoch: epoch.epoch, reason: epoch.reason, rows, ms }, 'epoch of the stream is complete');
    } finally {
      await this.record.release();
    }
    await this.inspector.inspect();
  }

  /** While an epoch is written, keeps finding out whether the stream is still the same. */
  private async inspectBetweenSteps(): Promise<void> {
    if (this.sure && performance.now() - this.inspectedAt < this.options.inspectMs) return;
    const { verdict, epoch } = await this.inspector.inspect();
    if (verdict.kind === 'begin') throw new LeaseLostError(this.parts.source.stream.name);
    this.inspectedAt = performance.now();
    this.trust(epoch.state !== 'due');
  }

  private async measure(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      // A failure of the database shows in the other loops.
      await this.outbox.measure().then(
        (measured) => this.metrics.measured(measured),
        () => undefined,
      );
      await this.pause(MEASURE_EVERY_MS);
    }
  }

  private trust(isSure: boolean): void {
    const became = isSure && !this.sure;
    this.sure = isSure;
    if (became) this.wake();
  }

  private doubt(): void {
    this.sure = false;
    this.metrics.standing(false, null);
    this.doubted.abort();
  }

  /** Waits for the next inspection: shorter once the relay is unsure. */
  private async pauseUntilDue(): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.doubted.signal]);
    await sleep(this.options.inspectMs, undefined, { signal }).catch(() => undefined);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
