import { PeriodicWorker } from '@gatehouse/observability';
import { Injectable } from '@nestjs/common';
import { ImportMetrics } from './import-metrics';
import { ImportStore } from './import-store';

const EVERY_MS = 5_000;

/** Measures for how long imports have made no progress. Apart from the worker, which is busy for as long as a step runs. */
@Injectable()
export class ImportWatch extends PeriodicWorker {
  constructor(
    private readonly store: ImportStore,
    private readonly metrics: ImportMetrics,
  ) {
    super({ everyMs: EVERY_MS });
  }

  protected override async run(): Promise<void> {
    try {
      this.metrics.measured(await this.store.stalledSeconds());
    } catch {
      // Readiness reports an unavailable database.
    }
  }
}
