import { type Propagation } from '@gatehouse/contracts';
import { LOGGER, METRICS } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { loadLeases } from './gateway-leases';
import { PropagationWait } from './propagation-wait';

/** Poll interval for acknowledgements to other replicas; those to this replica wake the wait at once. */
const POLL_MS = 10;

interface Waiter {
  readonly wait: PropagationWait;
  readonly done: () => void;
}

/** Announces a trust change and waits until it is in force at every gateway. */
@Injectable()
export class TrustChangePropagation implements BeforeApplicationShutdown {
  private readonly waiters = new Set<Waiter>();
  private readonly seconds: Histogram<'complete'>;
  private polling = false;
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
      help: 'Time from the commit of a trust change until every gateway acknowledged it',
      labelNames: ['complete'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [metrics],
    });
  }

  /** Waits for the acknowledgements; call it after the commit. Returns null at once when there is no number. */
  async propagate(number: number | null): Promise<Propagation | null> {
    if (number === null) return null;
    const wait = new PropagationWait(number, () => performance.now());
    const finished = new Promise<void>((resolve) => {
      const waiter = { wait, done: resolve };
      this.waiters.add(waiter);
    });
    await this.announcer.announce();
    void this.poll();
    // At shutdown no further acknowledgement arrives.
    if (this.closing) this.finishAll();
    await finished;
    const { result } = wait;
    const complete = result.acknowledged + result.expired === result.gateways;
    this.seconds.observe({ complete: String(complete) }, result.tookMs / 1_000);
    if (!complete) this.log.warn({ propagation: result }, 'trust change not acknowledged in time');
    return result;
  }

  /** Reads the leases at once: a gateway has acknowledged to this replica. */
  hurry(): void {
    // A read that is in flight may be older than the acknowledgement: the flag makes it repeat.
    this.hurried = true;
    this.wake?.();
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    this.finishAll();
  }

  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    while (this.waiters.size > 0) {
      // A waiter that arrives during the read must not see leases from before its commit.
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
    this.polling = false;
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
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
