import { type LedgerStats } from '@gatehouse/contracts';
import { LOGGER, METRICS, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { readOpenEvents } from '../show-stats/open-events';
import { readSilence } from '../show-stats/read-silence';
import { CONFIG } from '../tokens';
import { ApplyDeadlines } from './apply-deadlines';
import { LedgerGauges } from './ledger-gauges';

const EVERY_MS = 15_000;

/** Measures the ledger every 15 s for the metrics that alerts use, and logs when the silence alarm begins and ends. */
@Injectable()
export class LedgerWatch extends PeriodicWorker {
  private readonly gauges: LedgerGauges;
  private readonly deadlines: ApplyDeadlines;
  private silence: 'normal' | 'alarm' = 'normal';

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: WebhookIngestConfig,
    @Inject(METRICS) registry: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS });
    this.gauges = new LedgerGauges(registry);
    this.deadlines = new ApplyDeadlines(registry);
  }

  /** Measures the ledger once. */
  async look(): Promise<void> {
    const { events, silence } = await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      return { events: await readOpenEvents(manager), ...(await readSilence(manager, this.config)) };
    });
    this.gauges.measured(events);
    this.report(silence);
    await this.deadlines.judge(this.dataSource);
  }

  protected override async run(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // Logged at debug level: readiness already reports that the database is unavailable. The gauges keep their
      // values, and the next look judges the deadlines that this one did not.
      this.log.debug({ err: error }, 'measuring the ledger failed');
    }
  }

  private report({ state, reason, movedAt, sinceMs }: LedgerStats['silence']): void {
    const silence = state === 'alarm' ? 'alarm' : 'normal';
    this.gauges.silenceAlarm.set(silence === 'alarm' ? 1 : 0);
    if (silence !== this.silence) {
      if (silence === 'alarm') this.log.error({ reason, movedAt, sinceMs }, 'silence alarm: no webhooks arrive');
      else this.log.info({ state }, 'silence alarm ended');
    }
    this.silence = silence;
  }
}
