import { PeriodicWorker } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type Dropped, dropOldBodies } from './drop-old-bodies';

const HOUR_MS = 60 * 60 * 1000;

/** Drops old bodies every hour. Any number of replicas may do so at the same time. */
export class BodyRetention extends PeriodicWorker {
  /** @param days 0 keeps bodies forever */
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
    private readonly days: number,
  ) {
    super({ everyMs: HOUR_MS });
  }

  override onApplicationBootstrap(): void {
    if (this.days > 0) super.onApplicationBootstrap();
  }

  /** Drops the bodies that are old now. */
  async drop(): Promise<Dropped> {
    const dropped = await dropOldBodies(this.dataSource, this.days);
    if (dropped.bodies > 0 || dropped.months.length > 0) this.log.info(dropped, 'old bodies were dropped');
    return dropped;
  }

  protected override async run(): Promise<void> {
    try {
      await this.drop();
    } catch (error) {
      this.log.error({ err: error }, 'old bodies could not be dropped');
    }
  }
}
