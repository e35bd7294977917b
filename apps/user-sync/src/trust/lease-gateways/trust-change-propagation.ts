import { type Propagation } from '@gatehouse/contracts';
import { LOGGER, METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { loadLeases } from './gateway-leases';
import { PropagationWait } from './propagation-wait';

/**
 * Interval in milliseconds at which the leases are read, to see acknowledgements that other replicas have received. An
 * acknowledgement to this replica is seen at once.
 */
const POLL_MS = 10;

interface Waiter {
  readonly wait: PropagationWait;
  readonly done: () => void;
}

/**
 * What the loop that reads gateway leases is doing.
 * - `idle`: no trust change is awaited. The next trust change starts a read.
 * - `reading`: the leases are being read. `repeat`: an acknowledgement arrived meanwhile, so the next read follows at once.
 * - `pausing`: the next read starts after `POLL_MS`, or at the next acknowledgement, which calls `wake`.
 */
type Loop =
  | { readonly step: 'idle' }
  | { readonly step: 'reading'; readonly repeat: boolean }
  | { readonly step: 'pausing'; readonly wake: () => void };

const idle: Loop = { step: 'idle' };

/**
 * Announces a trust change and waits, up to 3.5 s, until it is in force at every gateway. After that time it is in force
 * anyway: a gateway lease lasts 3 s, and each renewal names the last number. It also waits at shutdown: other
 * replicas receive the acknowledgements then, and this one reads them from the database.
 */
@Injectable()
export class TrustChangePropagation {
  private readonly waiters = new Set<Waiter>();
  private readonly seconds: Histogram<'complete'>;
  private loop: Loop = idle;

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
    this.seconds.zero({ complete: 'false' });
  }

  /**
   * Announces the trust change `number` and waits for the acknowledgements. Call it after the commit. If `number` is
   * null, because nothing has changed, returns null at once.
   */
  async propagate(number: number | null): Promise<Propagation | null> {
    if (number === null) return null;
    const wait = new PropagationWait(number, () => performance.now());
    const finished = new Promise<void>((resolve) => {
      const waiter = { wait, done: resolve };
      this.waiters.add(waiter);
    });
    await this.announcer.announce();
    void this.poll();
    await finished;
    const { complete, result } = wait;
    this.seconds.observe({ complete: String(complete) }, result.tookMs / 1_000);
    if (!complete) this.log.warn({ propagation: result }, 'trust change not acknowledged in time');
    return result;
  }

  /** Reads the leases at once. Call it when a gateway has acknowledged to this replica. */
  hurry(): void {
    if (this.loop.step === 'pausing') this.loop.wake();
    // The current read may have started before the acknowledgement, so another one follows.
    else if (this.loop.step === 'reading') this.loop = { step: 'reading', repeat: true };
  }

  private async poll(): Promise<void> {
    if (this.loop.step !== 'idle') return;
    while (this.waiters.size > 0) {
      this.loop = { step: 'reading', repeat: false };
      await this.readLeases();
      if (this.waiters.size > 0 && !this.isRepeated) await this.pause();
    }
    this.loop = idle;
  }

  private get isRepeated(): boolean {
    return this.loop.step === 'reading' && this.loop.repeat;
  }

  private async readLeases(): Promise<void> {
    // Copies the set. A waiter that is added during the read must wait for the next read: its commit may be newer than
    // the leases of this read.
    const waiters = [...this.waiters];
    try {
      const leases = await loadLeases(this.dataSource.manager);
      for (const waiter of waiters) if (waiter.wait.see(leases) || waiter.wait.overdue) this.finish(waiter);
    } catch {
      for (const waiter of waiters) if (waiter.wait.overdue) this.finish(waiter);
    }
  }

  private finish(waiter: Waiter): void {
    this.waiters.delete(waiter);
    waiter.done();
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.loop = { step: 'pausing', wake };
    });
  }
}
