import { Injectable } from '@nestjs/common';
import { AbsenceConfirmation } from './confirm-absences';
import { DriftSampler } from './drift-sampler';
import { PendingRedactions } from './pending-redactions';
import { ReconcileMetrics } from './reconcile-metrics';
import { ReconcileRuns } from './reconcile-runs';
import { ReconcileSchedule } from './reconcile-schedule';
import { ConflictReview } from './review-conflicts';

const SAMPLE_EVERY_MS = 15 * 60_000;

/** Work that the leading replica does between reconcile runs. */
@Injectable()
export class LeaderChores {
  private dueAt: number;
  private sampleAt = Date.now() + SAMPLE_EVERY_MS;

  constructor(
    private readonly schedule: ReconcileSchedule,
    private readonly runs: ReconcileRuns,
    private readonly conflicts: ConflictReview,
    private readonly redactions: PendingRedactions,
    private readonly confirmation: AbsenceConfirmation,
    private readonly drift: DriftSampler,
    private readonly metrics: ReconcileMetrics,
  ) {
    this.dueAt = Date.now() + this.schedule.choresEveryMs;
  }

  isDue(): boolean {
    return Date.now() >= this.dueAt;
  }

  /**
   * Does all chores once. Asks Clerk about open conflicts last, because that can take long. Stops asking when `goOn`
   * returns false.
   */
  async run(goOn: () => boolean): Promise<void> {
    this.dueAt = Date.now() + this.schedule.choresEveryMs;
    this.metrics.finished((await this.runs.lastFinished('done'))?.finishedAt ?? null);
    this.metrics.ended((await this.runs.lastFinished())?.state);
    await this.conflicts.closeEnded();
    this.metrics.openConflicts(await this.conflicts.count());
    await this.redactions.redactDue();
    await this.confirmation.confirmDue();
    if (Date.now() >= this.sampleAt) {
      this.sampleAt = Date.now() + SAMPLE_EVERY_MS;
      await this.drift.sample();
    }
    await this.schedule.queueDue();
    await this.conflicts.askDue(goOn);
  }
}
