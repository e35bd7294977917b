import { type LedgerStats } from '@gatehouse/contracts';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';
import { type IngestMetrics } from '../metrics';
import { pause } from '../pause';
import { readOpenEvents } from '../show-stats/open-events';
import { type SilenceOptions, readSilence } from '../show-stats/read-silence';

const EVERY_MS = 15_000;

/** Looks at the ledger now and then, for the metrics that alarms are made of, and says in the log when silence begins. */
export class LedgerWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private alarmed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: IngestMetrics,
    private readonly log: Logger,
    private readonly options: SilenceOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
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

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        // The database is away, which is told of elsewhere: the metrics stay what they were.
        this.log.debug({ err: error }, 'the ledger could not be looked at');
      }
      await pause(EVERY_MS, this.stopping.signal);
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
