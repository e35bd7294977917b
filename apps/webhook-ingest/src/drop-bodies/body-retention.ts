import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type Dropped, dropOldBodies } from './drop-old-bodies';

const HOUR_MS = 60 * 60 * 1000;

/** Drops old bodies, hourly; any number of replicas may. */
export class BodyRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  /** @param days 0 keeps bodies for good */
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
    private readonly days: number,
  ) {}

  onApplicationBootstrap(): void {
    if (this.days === 0) return;
    this.timer = setInterval(() => void (this.running = this.tryToRun()), HOUR_MS);
    this.timer.unref();
    this.running = this.tryToRun();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Drops what is old now. */
  async run(): Promise<Dropped> {
    const dropped = await dropOldBodies(this.dataSource, this.days);
    if (dropped.bodies > 0 || dropped.months.length > 0) this.log.info(dropped, 'old bodies were dropped');
    return dropped;
  }

  private async tryToRun(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.log.error({ err: error }, 'old bodies could not be dropped');
    }
  }
}
