import { type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** When a {@link PeriodicWorker} runs. */
export interface WorkerSchedule {
  readonly everyMs: number;
  /** Whether the work also runs when the service starts. Default: true. */
  readonly atStart?: boolean;
}

/**
 * Work that a service repeats while it runs. Runs never overlap: a tick during a run is skipped.
 *
 * At shutdown no further run begins, and the current one is awaited. Nest first calls `onModuleDestroy` of every
 * worker, and then `beforeApplicationShutdown` of each. So all workers learn of the shutdown before any is awaited, and
 * their last runs end in parallel.
 */
export abstract class PeriodicWorker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly schedule: WorkerSchedule) {}

  /** Does the work once. Handles its own errors; must not reject. */
  protected abstract run(): Promise<void>;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), this.schedule.everyMs).unref();
    if (this.schedule.atStart ?? true) this.wake();
  }

  /** Whether the service is stopping. A long run checks this between its steps. */
  protected get stopped(): boolean {
    return this.stopping;
  }

  /** Starts a run now, unless one is running or the service is stopping. */
  protected wake(): void {
    if (this.stopping) return;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  onModuleDestroy(): void {
    this.stopping = true;
    clearInterval(this.timer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
  }
}
