import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { WorkerDatabase } from '../../database/worker-database';
import { ReservationMetrics } from './reservation-metrics';

const EVERY_MS = 15_000;

const MEASURE = `
  SELECT count(*)::float8 AS open,
         coalesce(greatest(extract(epoch FROM quota_now() - min(expires_at)), 0), 0)::float8 AS "overdueSeconds"
    FROM quota_reservations WHERE state = 'open'`;

/** Measures open reservations. Not part of the worker that expires them, so that the gauges show when it has stopped. */
@Injectable()
export class ReservationWatch extends PeriodicWorker {
  constructor(
    private readonly worker: WorkerDatabase,
    private readonly metrics: ReservationMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS });
  }

  /** Measures once. */
  async measure(): Promise<void> {
    const [row] = await this.worker.run((transaction) =>
      transaction.query<{ open: number; overdueSeconds: number }>(MEASURE),
    );
    if (row !== undefined) this.metrics.measured(row);
  }

  protected override async run(): Promise<void> {
    try {
      await this.measure();
    } catch (error) {
      this.log.warn({ err: error }, 'measuring reservations failed; retrying');
    }
  }
}
