import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

const outcomes = ['erased', 'returned', 'unconfirmed', 'failed'] as const;

/** What became of an attempt to erase the data of a deleted user. */
export type ErasureOutcome = (typeof outcomes)[number];

/** Metrics about the erasure of deleted users. */
@Injectable()
export class ErasureMetrics {
  private readonly attempts: Counter;
  private readonly pending: Gauge;
  private readonly overdue: Gauge;
  private lagMs: () => number = () => 0;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'gatehouse_user_data_deleted_user_erasures_total',
      help: 'Attempts of this replica to erase the data of a deleted user, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of outcomes) this.attempts.inc({ outcome }, 0);
    this.pending = new Gauge({
      name: 'gatehouse_user_data_pending_erasures',
      help: 'Deleted users whose data is not erased yet. Equal on all replicas.',
      registers,
    });
    this.overdue = new Gauge({
      name: 'gatehouse_user_data_oldest_overdue_erasure_seconds',
      help: 'For how long the oldest erasure of a deleted user is due; 0 if none is. Equal on all replicas.',
      registers,
    });
    const lagMs = () => this.lagMs();
    new Gauge({
      name: 'gatehouse_user_data_users_lag_seconds',
      help: 'For how long this replica has not read every user change; 0 while it has.',
      registers,
      collect() {
        this.set(lagMs() / 1_000);
      },
    });
  }

  attempted(outcome: ErasureOutcome): void {
    this.attempts.inc({ outcome });
  }

  measured({ pending, overdueSeconds }: { readonly pending: number; readonly overdueSeconds: number }): void {
    this.pending.set(pending);
    this.overdue.set(overdueSeconds);
  }

  /** Takes the lag from `lagMs`, in milliseconds. */
  follows(lagMs: () => number): void {
    this.lagMs = lagMs;
  }
}
