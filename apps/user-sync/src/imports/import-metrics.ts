import { userImportActions, userImportOutcomes, userImportReversals } from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Steps of an import, with what each can do with a row. */
const results = {
  planning: userImportActions,
  applying: userImportOutcomes,
  undoing: userImportReversals,
} as const;

/** Metrics about imports of users. */
@Injectable()
export class ImportMetrics {
  private readonly rows: Counter<'step' | 'result'>;
  private readonly stalled: Gauge;

  constructor(@Inject(METRICS) metrics: Registry) {
    this.rows = new Counter({
      name: 'gatehouse_user_sync_import_rows_total',
      help: 'Rows of imports that were planned, applied or reverted, by step and by what became of them',
      labelNames: ['step', 'result'],
      registers: [metrics],
    });
    this.stalled = new Gauge({
      name: 'gatehouse_user_sync_import_stalled_seconds',
      help: 'Time in which an import that is planned, applied or undone has made no progress; 0 without such an import',
      registers: [metrics],
    });
    for (const [step, known] of Object.entries(results)) {
      for (const result of known) this.rows.inc({ step, result }, 0);
    }
  }

  /** Sets for how long imports have made no progress; seconds. */
  measured(stalledSeconds: number): void {
    this.stalled.set(stalledSeconds);
  }

  /** Counts rows whose step is committed, by what became of each. */
  count<Step extends keyof typeof results>(step: Step, became: readonly (typeof results)[Step][number][]): void {
    for (const result of became) this.rows.inc({ step, result });
  }
}
