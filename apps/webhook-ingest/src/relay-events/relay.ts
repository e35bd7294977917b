import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { failpoint, withLogContext } from '@gatehouse/observability';
import { eventsConsumer } from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type IngestMetrics } from '../metrics';
import { pause } from '../pause';
import { type EventPublisher } from '../publish-event/event-publisher';
import { claimDueRetries } from './claim-due-retries';
import { type Claim, claimUnpublished } from './claim-unpublished';
import { loadClaimed, releaseClaims } from './claimed-events';
import { Pace, type PaceLimits } from './pace';

/** When the relay looks, and how fast it may publish. Milliseconds. */
export interface RelayOptions extends PaceLimits {
  /** How long the publish right after the commit is given before the relay takes over. */
  readonly graceMs: number;
  readonly pollMs: number;
  /** How long a claim holds: longer than all chunks of a batch can take, each publish being bounded by 10 s. */
  readonly leaseMs: number;
}

const BATCH = 64;
/** Bodies in memory at a time: 16 MiB at most. */
const CHUNK = 16;
const MIN_FAILURE_PAUSE_MS = 100;

/**
 * Publishes what is owed to the stream: rows that were recorded and not published, and failed rows whose retry is due. At a
 * bounded pace, so that recovery does not keep live events waiting.
 * Any number of replicas may run it; rows are held by lease, and no row is locked while publishing.
 */
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly pace: Pace;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly publisher: EventPublisher,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
    private readonly options: RelayOptions,
  ) {
    this.pace = new Pace(options);
  }

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
      if (!full) await pause(this.options.pollMs, this.stopping.signal);
    }
  }

  /** Relays one batch; true when there is more. */
  private async round(): Promise<boolean> {
    const limit = Math.min(BATCH, this.pace.allowance(performance.now(), await this.waiting()));
    if (limit === 0) return false;
    // Neither a flood of retries nor a backlog keeps the other from going on.
    const share = Math.ceil(limit / 2);
    const retries = await claimDueRetries(this.dataSource, { leaseMs: this.options.leaseMs, limit: share });
    this.metrics.relayed.inc({ why: 'retry' }, retries.length);
    const owed = await claimUnpublished(this.dataSource, {
      graceMs: this.options.graceMs,
      leaseMs: this.options.leaseMs,
      limit: limit - retries.length,
    });
    this.metrics.relayed.inc({ why: 'unpublished' }, owed.length);
    const claims = [...retries, ...owed];
    this.pace.spend(claims.length);
    if (claims.length > 0) failpoint('after-claim');
    for (let start = 0; start < claims.length; start += CHUNK) {
      const rest = claims.slice(start);
      const failed = this.stopping.signal.aborted ? rest : await this.relayChunk(rest.slice(0, CHUNK));
      if (failed.length === 0) continue;
      // Most likely NATS went away: what is left of the batch would fail in the same way, and take as long.
      const unpublished = this.stopping.signal.aborted ? rest : [...failed, ...rest.slice(CHUNK)];
      await releaseClaims(this.dataSource, unpublished, Math.max(this.options.graceMs, MIN_FAILURE_PAUSE_MS));
      return false;
    }
    return claims.length === limit || retries.length === share;
  }

  /** How many events are on the stream and were not delivered; none when nobody consumes them. */
  private async waiting(): Promise<number> {
    const consumer = await this.jetStream.consumerState(eventsConsumer);
    return consumer?.waiting ?? 0;
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
}
