import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { withLogContext } from '@gatehouse/observability';
import { type NatsClient } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type IngestMetrics } from '../metrics';
import { type EventPublisher } from '../publish-event/event-publisher';
import { claimDueRetries } from './claim-due-retries';
import { type Claim, claimUnpublished } from './claim-unpublished';
import { loadClaimed, releaseClaims } from './claimed-events';

/** Milliseconds. */
export interface RelayTimes {
  /** How long the publish right after the commit is given before the relay takes over. */
  readonly graceMs: number;
  readonly pollMs: number;
}

/** Longer than all chunks of a batch can take, each publish being bounded by 10 s. */
const LEASE_MS = 60_000;
const BATCH = 64;
/** Bodies in memory at a time: 16 MiB at most. */
const CHUNK = 16;
const MIN_FAILURE_PAUSE_MS = 100;

/**
 * Publishes what is owed to the stream: rows that were recorded and not published, and failed rows whose retry is due.
 * Any number of replicas may run it; rows are held by lease, and no row is locked while publishing.
 */
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    private readonly publisher: EventPublisher,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
    private readonly times: RelayTimes,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Finishes the chunk in hand and gives back the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let failing = false;
    while (!this.stopping.signal.aborted) {
      let full = false;
      try {
        full = this.nats.connected && (await this.round());
        failing = false;
      } catch (error) {
        if (!failing) this.log.warn({ err: error }, 'the relay cannot work, it keeps trying');
        failing = true;
      }
      if (!full) await this.pause(this.times.pollMs);
    }
  }

  /** Relays one batch; true when there is more. */
  private async round(): Promise<boolean> {
    const retries = await claimDueRetries(this.dataSource, { leaseMs: LEASE_MS, limit: BATCH });
    this.metrics.relayed.inc({ why: 'retry' }, retries.length);
    const owed = await claimUnpublished(this.dataSource, {
      graceMs: this.times.graceMs,
      leaseMs: LEASE_MS,
      limit: BATCH - retries.length,
    });
    this.metrics.relayed.inc({ why: 'unpublished' }, owed.length);
    const claims = [...retries, ...owed];
    for (let start = 0; start < claims.length; start += CHUNK) {
      const rest = claims.slice(start);
      const failed = this.stopping.signal.aborted ? rest : await this.relayChunk(rest.slice(0, CHUNK));
      if (failed.length === 0) continue;
      // Most likely NATS went away: what is left of the batch would fail in the same way, and take as long.
      const unpublished = this.stopping.signal.aborted ? rest : [...failed, ...rest.slice(CHUNK)];
      await releaseClaims(this.dataSource, unpublished, Math.max(this.times.graceMs, MIN_FAILURE_PAUSE_MS));
      return false;
    }
    return claims.length === BATCH;
  }

  /** Publishes some; gives back those that were not. */
  private async relayChunk(claims: readonly Claim[]): Promise<Claim[]> {
    const events = await loadClaimed(this.dataSource, claims);
    const results = await Promise.all(
      events.map((event) =>
        withLogContext({ correlationId: event.correlationId }, async (): Promise<Claim[]> => {
          try {
            await this.publisher.publish(event);
            this.log.info({ webhookId: event.webhookId, publishNumber: event.publishNumber }, 'event relayed');
            return [];
          } catch (error) {
            this.log.warn({ err: error, webhookId: event.webhookId }, 'an event could not be relayed');
            return [{ id: event.id, publishNumber: event.publishNumber }];
          }
        }),
      ),
    );
    return results.flat();
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
