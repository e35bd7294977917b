import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { OutagePause } from '../../clerk/outage-pause';
import { type UserSyncConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { SignOutMetrics } from './sign-out-metrics';
import { SignOutQueue } from './sign-out-queue';
import { SignOutRound } from './sign-out-round';

const MEASURE_EVERY_MS = 10_000;

/** Drains the outbox of sign-outs at Clerk, on every replica. */
@Injectable()
export class SignOutWorker extends PeriodicWorker {
  private measureAt = 0;
  private pausedUntil = 0;
  private readonly outage: OutagePause;

  constructor(
    private readonly queue: SignOutQueue,
    private readonly round: SignOutRound,
    private readonly metrics: SignOutMetrics,
    @Inject(LOGGER) log: Logger,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'intervals' | 'writeBack'>,
  ) {
    super({ everyMs: config.intervals.signOuts });
    this.outage = new OutagePause('sign-outs at Clerk', log);
  }

  protected override async run(): Promise<void> {
    try {
      await this.measure();
      while (!this.stopped && performance.now() >= this.pausedUntil) {
        // One at a time, so that each keeps the whole length of its lease.
        const [item] = await this.queue.lease(1, this.config.writeBack.leaseMs);
        if (item === undefined) break;
        const attempt = await this.round.attempt(item);
        this.outage.end();
        if (!attempt.done) this.pausedUntil = performance.now() + attempt.pauseMs;
      }
    } catch (error) {
      // Pending sign-outs stay in the database.
      this.pausedUntil = performance.now() + this.outage.after(error);
    }
  }

  private async measure(): Promise<void> {
    if (performance.now() < this.measureAt) return;
    this.metrics.measured(await this.queue.measure());
    this.measureAt = performance.now() + MEASURE_EVERY_MS;
  }
}
