import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { type UserSyncConfig } from '../config';
import { type ReconcileRunEntity } from '../database/reconcile-run.entity';
import { CONFIG } from '../tokens';

/** States in which a run has ended. */
const ends = ['done', 'needs_approval', 'refused', 'failed', 'undone'] as const;

/** Metrics about differences between our users and Clerk's. Each replica sets them whenever it leads. */
@Injectable()
export class ReconcileMetrics {
  private lastDone: number | undefined;
  private readonly drift: Gauge;
  private readonly sampled: Gauge;
  private readonly users: Gauge<'state'>;
  private readonly lastRun: Gauge<'state'>;
  private readonly conflicts: Gauge;

  constructor(@Inject(METRICS) metrics: Registry, @Inject(CONFIG) { reconcile }: Pick<UserSyncConfig, 'reconcile'>) {
    const registers = [metrics];
    const lastDone = () => this.lastDone;
    new Gauge({
      name: 'gatehouse_user_sync_staleness_seconds',
      help: 'Time since the last complete reconcile run; absent before the first',
      registers,
      collect() {
        const at = lastDone();
        if (at === undefined) this.remove();
        else this.set(Math.max(0, Date.now() - at) / 1_000);
      },
    });
    new Gauge({
      name: 'gatehouse_user_sync_reconcile_interval_seconds',
      help: 'Configured time from the end of a reconcile run to the next; 0 if runs start only on demand',
      registers,
    }).set(reconcile.intervalMs / 1_000);
    this.lastRun = new Gauge({
      name: 'gatehouse_user_sync_last_reconcile',
      help: '1 for the state in which the last reconcile run ended, 0 for the others',
      labelNames: ['state'],
      registers,
    });
    this.drift = new Gauge({
      name: 'gatehouse_user_sync_drift_users',
      help: 'Users of the last drift sample whose content differs from Clerk',
      registers,
    });
    this.sampled = new Gauge({
      name: 'gatehouse_user_sync_drift_sampled_users',
      help: 'Users in the last drift sample',
      registers,
    });
    this.users = new Gauge({
      name: 'gatehouse_user_sync_reconcile_users',
      help: 'Users of the current reconcile run, done and total',
      labelNames: ['state'],
      registers,
    });
    this.conflicts = new Gauge({
      name: 'gatehouse_user_sync_open_conflicts',
      help: 'Open conflicts over an address',
      registers,
    });
  }

  /** Sets the state of the run that ended last; undefined without one. */
  ended(state: ReconcileRunEntity['state'] | undefined): void {
    for (const end of ends) this.lastRun.set({ state: end }, end === state ? 1 : 0);
  }

  /** Sets the end of the last run that was done. */
  finished(at: Date | null): void {
    this.lastDone = at?.getTime() ?? this.lastDone;
  }

  progress(done: number, total: number): void {
    this.users.set({ state: 'done' }, done);
    this.users.set({ state: 'total' }, total);
  }

  sample(sampled: number, differing: number): void {
    this.sampled.set(sampled);
    this.drift.set(differing);
  }

  openConflicts(count: number): void {
    this.conflicts.set(count);
  }
}
