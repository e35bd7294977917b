import { Module } from '@nestjs/common';
import { ApplyModule } from '../apply/apply.module';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { AbsenceConfirmation } from './confirm-absences';
import { DriftSampler } from './drift-sampler';
import { PendingRedactions } from './pending-redactions';
import { InstanceCheck } from './instance-check';
import { LeaderChores } from './leader-chores';
import { LeaderLock } from './leader-lock';
import { ReconcileMetrics } from './reconcile-metrics';
import { ReconcileRuns } from './reconcile-runs';
import { ReconcileSchedule } from './reconcile-schedule';
import { ReconcileWorker } from './reconcile-worker';
import { ReconcileController } from './reconcile.controller';
import { Reconciler } from './reconciler';
import { ConflictReview } from './review-conflicts';
import { SecretKeyCheck } from './secret-key-check';
import { SnapshotApplier } from './snapshot-applier';

/** Owns reconcile runs, and the leader's chores: absences, undoable deletions, drift samples and open conflicts. */
@Module({
  imports: [ApplyModule, ClerkModule, TrustChangesModule],
  controllers: [ReconcileController],
  providers: [
    AbsenceConfirmation,
    ConflictReview,
    DriftSampler,
    InstanceCheck,
    LeaderChores,
    LeaderLock,
    PendingRedactions,
    ReconcileMetrics,
    ReconcileRuns,
    ReconcileSchedule,
    ReconcileWorker,
    Reconciler,
    SecretKeyCheck,
    SnapshotApplier,
  ],
})
export class ReconcileModule {}
