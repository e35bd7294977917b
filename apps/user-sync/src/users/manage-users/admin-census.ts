import { LOGGER, METRICS, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type UserSyncConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { activeAdmins } from './active-admins';

/**
 * The warning is logged when this many counts in a row have found no admin. One count does not suffice, because a new
 * deployment gets its first admin shortly after the start.
 */
const COUNTS_BEFORE_WARNING = 2;

/**
 * Counts the admins who can act, and warns when there are none. Gatehouse never deactivates the last admin, but a ban
 * at Clerk can bar that admin.
 */
@Injectable()
export class AdminCensus extends PeriodicWorker {
  private readonly gauge: Gauge;
  private countsWithoutAdmin = 0;

  constructor(
    @Inject(CONFIG) { intervals }: Pick<UserSyncConfig, 'intervals'>,
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) metrics: Registry,
  ) {
    super({ everyMs: intervals.adminCensus });
    this.gauge = new Gauge({
      name: 'gatehouse_user_sync_active_admins',
      help: 'Admins who are neither deactivated, banned nor deleted',
      registers: [metrics],
    });
  }

  protected override async run(): Promise<void> {
    try {
      const { length } = await activeAdmins(this.dataSource.manager);
      this.gauge.set(length);
      this.countsWithoutAdmin = length === 0 ? this.countsWithoutAdmin + 1 : 0;
      if (this.countsWithoutAdmin === COUNTS_BEFORE_WARNING) {
        this.log.warn("no admin is active; make one with user-sync's make-admin.js <e-mail>");
      }
    } catch {
      // Readiness reports an unavailable database.
    }
  }
}
