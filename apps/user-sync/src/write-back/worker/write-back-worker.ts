import { setTimeout as sleep } from 'node:timers/promises';
import { LOGGER } from '@gatehouse/observability';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Logger } from 'pino';
import { OutagePause } from '../../clerk/outage-pause';
import { type UserSyncConfig } from '../../config';
import { metadataKeys } from '../../clerk-user/company-metadata';
import { CONFIG } from '../../tokens';
import { WriteBackMetrics } from './write-back-metrics';
import { WriteBackQueue } from '../queue/write-back-queue';
import { WriteBackRound } from './write-back-round';

const MEASURE_EVERY_MS = 10_000;

/** Drains the outbox of write-backs, on every replica. While write-back is disabled, only reports metrics. */
@Injectable()
export class WriteBackWorker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly outage: OutagePause;
  private measureAt = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'writeBack' | 'metadata'>,
    private readonly round: WriteBackRound,
    private readonly queue: WriteBackQueue,
    private readonly metrics: WriteBackMetrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.outage = new OutagePause('write-back', log);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /**
   * Tells the running round to stop, without waiting for it: `beforeApplicationShutdown` waits. So all workers stop at
   * the same time.
   */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // Pending write-backs stay in the database.
      const pauseMs = await this.step().catch((error: unknown) => this.outage.after(error));
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Runs one round. Returns the time until the next one, in milliseconds. */
  private async step(): Promise<number> {
    const { enabled, pollMs } = this.config.writeBack;
    if (performance.now() >= this.measureAt) {
      this.measureAt = performance.now() + MEASURE_EVERY_MS;
      this.metrics.measured(await this.queue.measure());
      const { key } = this.config.metadata;
      this.metrics.collided(await this.queue.openCollisions(), metadataKeys(key));
    }
    if (!enabled) return pollMs;
    const { idle, pauseMs } = await this.round.run(() => this.stopping.signal.aborted);
    this.outage.end();
    return idle ? pollMs : pauseMs;
  }
}
