import { type TrustChangesAnnouncement, trustChangeHeartbeat, trustChangesAnnouncement } from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { loadChanges } from './load-trust-changes';

/** Gateways that are further behind are told the number alone, and ask for what they miss. */
const MAX_BACKLOG = 5_000;

/**
 * Tells all gateways of changes, at once and by a heartbeat. What it tells it reads from the database, so that each
 * replica tells of the changes that the others made, in order; a gateway hears some of them twice, and misses none that
 * a replica has committed and not announced before its end.
 */
@Injectable()
export class TrustChangeAnnouncer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private announced: number | undefined;
  private running: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.announce(), trustChangeHeartbeat.intervalMs);
    void this.announce();
  }

  /** Requests that are still in hand may announce until they are answered. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.running, this.waiting]);
  }

  /**
   * Announces everything that is committed by now. Never throws: what could not be told now is told by the heartbeat or
   * asked for. Calls that come together share one round.
   */
  announce(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.round().finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    // The round that runs may have read before this caller committed: one more will do for all who wait.
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      return this.announce();
    });
    return this.waiting;
  }

  private async round(): Promise<void> {
    if (!this.nats.connected) return;
    try {
      for (;;) {
        const { current, changes } = await loadChanges(this.dataSource.manager, this.announced ?? BEYOND_ALL);
        if (this.announced === undefined || current - this.announced > MAX_BACKLOG) {
          // A replica that has just begun leaves what was before it to the others, or to those who ask.
          this.tell({ current, changes: [] });
          this.announced = current;
          break;
        }
        this.tell({ current, changes });
        this.announced = changes.at(-1)?.number ?? this.announced;
        if (changes.length === 0 || this.announced >= current) break;
      }
      this.failing = false;
    } catch (error) {
      // Every second would bury the rest.
      if (!this.failing) this.log.warn({ err: error }, 'changes cannot be announced');
      this.failing = true;
    }
  }

  private tell(announcement: TrustChangesAnnouncement): void {
    this.nats.get().publish(trustChangesAnnouncement.subject, JSON.stringify(announcement));
  }
}

/** Beyond every number: nothing is to be loaded but the current one. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER;
