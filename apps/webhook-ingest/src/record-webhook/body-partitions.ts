import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';

const MONTHS_AHEAD = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes the coming months' partitions of `event_bodies`, at boot and daily; any number of replicas may. Should it fail,
 * bodies go to the default partition and are moved when it succeeds.
 */
export class BodyPartitions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.start(), DAY_MS);
    this.timer.unref();
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private start(): void {
    this.running = this.ensure();
  }

  private async ensure(): Promise<void> {
    try {
      await this.dataSource.query('SELECT ensure_event_body_partitions($1)', [MONTHS_AHEAD]);
    } catch (error) {
      this.log.error({ err: error }, "coming months' partitions could not be made");
    }
  }
}
