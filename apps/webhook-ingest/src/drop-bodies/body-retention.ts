import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';
import { type Dropped, dropOldBodies } from './drop-old-bodies';

const HOUR_MS = 60 * 60 * 1000;

/** Drops old bodies every hour, unless `BODY_RETENTION_DAYS` is 0; several replicas may do so at once. */
@Injectable()
export class BodyRetention extends PeriodicWorker {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: WebhookIngestConfig,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: HOUR_MS });
  }

  override onApplicationBootstrap(): void {
    if (this.config.bodyRetentionDays > 0) super.onApplicationBootstrap();
  }

  /** Drops the bodies that are older than the retention time. */
  async drop(): Promise<Dropped> {
    const dropped = await dropOldBodies(this.dataSource, this.config.bodyRetentionDays);
    if (dropped.bodies > 0 || dropped.months.length > 0) this.log.info(dropped, 'old bodies dropped');
    return dropped;
  }

  protected override async run(): Promise<void> {
    try {
      await this.drop();
    } catch (error) {
      this.log.error({ err: error }, 'dropping old bodies failed');
    }
  }
}
