import { Inject, Injectable } from '@nestjs/common';
import { type UserSyncConfig } from '../config';
import { CONFIG } from '../tokens';
import { ReconcileRuns } from './reconcile-runs';

/**
 * Minimum uptime of the service before a scheduled run, in milliseconds. After a start, the service first catches up
 * with webhooks.
 */
const MIN_UPTIME_MS = 60_000;

/** Queues reconcile runs at the configured interval. An interval of 0 disables the schedule. */
@Injectable()
export class ReconcileSchedule {
  private readonly startedAt = Date.now();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'reconcile' | 'intervals'>,
    private readonly runs: ReconcileRuns,
  ) {}

  /** Interval between runs, in milliseconds; undefined when disabled. */
  get intervalMs(): number | undefined {
    const { intervalMs } = this.config.reconcile;
    return intervalMs === 0 ? undefined : intervalMs;
  }

  /**
   * Interval of the leader's chores, in milliseconds. One chore queues the runs, so this interval is at most as long as
   * the interval between two runs.
   */
  get choresEveryMs(): number {
    const { leaderChores } = this.config.intervals;
    return Math.min(leaderChores, this.intervalMs ?? leaderChores);
  }

  /** Queues a run when the interval has passed since the last run ended. */
  async queueDue(): Promise<void> {
    const { intervalMs } = this;
    if (intervalMs === undefined) return;
    const lastEnd = (await this.runs.lastFinished())?.finishedAt?.getTime() ?? this.startedAt;
    const earliest = this.startedAt + Math.min(intervalMs, MIN_UPTIME_MS);
    if (Date.now() >= Math.max(lastEnd + intervalMs, earliest)) await this.runs.queue('schedule');
  }
}
