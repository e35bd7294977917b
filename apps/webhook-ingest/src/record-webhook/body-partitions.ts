import { PeriodicWorker } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';

const MONTHS_AHEAD = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes the coming months' partitions of `event_bodies`, at boot and daily; any number of replicas may. Should it fail,
 * bodies go to the default partition and are moved when it succeeds.
 */
export class BodyPartitions extends PeriodicWorker {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {
    super({ everyMs: DAY_MS });
  }

  protected override async run(): Promise<void> {
    try {
      await this.dataSource.query('SELECT ensure_event_body_partitions($1)', [MONTHS_AHEAD]);
    } catch (error) {
      this.log.error({ err: error }, "coming months' partitions could not be made");
    }
  }
}
