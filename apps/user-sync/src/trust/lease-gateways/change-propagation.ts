import { type Propagation } from '@gatehouse/contracts';
import { LOGGER, METRICS } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { loadLeases } from './leases';
import { PropagationWait } from './propagation';

/** Acknowledgements to another replica are seen by looking; those to this one at once. */
const LOOK_EVERY_MS = 10;

interface Waiter {
  readonly wait: PropagationWait;
  readonly done: () => void;
}

/** Announces a change and waits until it is in force at every gateway. */
@Injectable()
export class ChangePropagation implements BeforeApplicationShutdown {
  private readonly waiters = new Set<Waiter>();
  private readonly seconds: Histogram<'complete'>;
  private looking = false;
  private closing = false;
  private hurried = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly announcer: TrustChangeAnnouncer,
    @Inject(METRICS) metrics: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.seconds = new Histogram({
      name: 'gatehouse_user_sync_change_propagation_seconds',
      help: 'Time from the commit of a change until every gateway had taken it in',
      labelNames: ['complete'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [metrics],
    });
  }

  /** How far the change has come; to be called after its commit. Null, at once, when there was none. */
  async spread(number: number | null): Promise<Propagation | null> {
    if (number === null) return null;
    const wait = new PropagationWait(number, () => performance.now());
    const finished = new Promise<void>((resolve) => {
      const waiter = { wait, done: resolve };
      this.waiters.add(waiter);
    });
    await this.announcer.announce();
    void this.look();
    // No acknowledgement is taken any more.
    if (this.closing) this.finishAll();
    await finished;
    const { result } = wait;
    const complete = result.acknowledged + result.expired === result.gateways;
    this.seconds.observe({ complete: String(complete) }, result.tookMs / 1_000);
    if (!complete) this.log.warn({ propagation: result }, 'a change was not acknowledged in time');
    return result;
  }

  /** A gateway has acknowledged to this replica: whoever waits need not wait for the next look. */
  hurry(): void {
    // While the leases are being read, which may be from before this one: then they are read again at once.
    this.hurried = true;
    this.wake?.();
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    this.finishAll();
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    while (this.waiters.size > 0) {
      // Whoever comes while the leases are read must not be shown leases from before its commit.
      const waiters = [...this.waiters];
      this.hurried = false;
      try {
        const leases = await loadLeases(this.dataSource.manager);
        for (const waiter of waiters) if (waiter.wait.see(leases) || waiter.wait.overdue) this.finish(waiter);
      } catch {
        for (const waiter of waiters) if (waiter.wait.overdue) this.finish(waiter);
      }
      if (this.waiters.size > 0 && !this.hurried) await this.pause();
    }
    this.looking = false;
  }

  private finishAll(): void {
    for (const waiter of this.waiters) this.finish(waiter);
  }

  private finish(waiter: Waiter): void {
    this.waiters.delete(waiter);
    waiter.done();
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
