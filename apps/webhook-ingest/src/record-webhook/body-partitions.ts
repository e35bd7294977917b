import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';

const MONTHS_AHEAD = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Creates the partitions of `event_bodies` for the next months, at start and daily; several replicas may do so at once.
 * If the creation fails, bodies go to the default partition, and the next successful run moves them.
 */
@Injectable()
export class BodyPartitions extends PeriodicWorker {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: DAY_MS });
  }

  protected override async run(): Promise<void> {
    try {
      await this.dataSource.query('SELECT ensure_event_body_partitions($1)', [MONTHS_AHEAD]);
    } catch (error) {
      this.log.error({ err: error }, 'creating body partitions failed');
    }
  }
}
