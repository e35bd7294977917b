import { type LedgerStats } from '@gatehouse/contracts';
import { PeriodicWorker } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type IngestMetrics } from '../metrics';
import { readOpenEvents } from '../show-stats/open-events';
import { type SilenceOptions, readSilence } from '../show-stats/read-silence';

const EVERY_MS = 15_000;

/** Looks at the ledger now and then, for the metrics that alarms are made of, and says in the log when silence begins. */
export class LedgerWatch extends PeriodicWorker {
  private alarmed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
    private readonly options: SilenceOptions,
  ) {
    super({ everyMs: EVERY_MS });
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { events, silence } = await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      return { events: await readOpenEvents(manager), ...(await readSilence(manager, this.options)) };
    });
    for (const [state, count] of Object.entries(events.open)) this.metrics.open.set({ state }, count);
    this.metrics.oldestUnpublished.set(secondsSince(events.oldestUnpublished));
    this.metrics.oldestUnapplied.set(secondsSince(events.oldestUnapplied));
    this.tell(silence);
  }

  protected override async run(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // Readiness reports an unavailable database; the metrics keep their values.
      this.log.debug({ err: error }, 'ledger not measured');
    }
  }

  private tell({ state, reason, movedAt, sinceMs }: LedgerStats['silence']): void {
    const alarm = state === 'alarm';
    this.metrics.silenceAlarm.set(alarm ? 1 : 0);
    if (alarm && !this.alarmed) this.log.error({ reason, movedAt, sinceMs }, 'silence: no webhook comes');
    if (!alarm && this.alarmed) this.log.info({ state }, 'the silence is over');
    this.alarmed = alarm;
  }
}

function secondsSince(event: LedgerStats['oldestUnpublished']): number {
  return event === null ? 0 : Math.max(0, Date.now() - Date.parse(event.at)) / 1_000;
}
