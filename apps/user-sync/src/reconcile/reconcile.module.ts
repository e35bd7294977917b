import { Module } from '@nestjs/common';
import { ApplyModule } from '../apply/apply.module';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { AbsenceConfirmation } from './confirm-absences';
import { DriftSampler } from './drift-sampler';
import { PendingRedactions } from './pending-redactions';
import { ReconcileMetrics } from './reconcile-metrics';
import { ReconcileRuns } from './reconcile-runs';
import { ReconcileWorker } from './reconcile-worker';
import { ReconcileController } from './reconcile.controller';
import { Reconciler } from './reconciler';
import { ConflictReview } from './review-conflicts';
import { SnapshotApplier } from './snapshot-applier';

/** Owns reconcile runs and what follows from them: absences, deletions that can be undone, drift, open conflicts. */
@Module({
  imports: [ApplyModule, ClerkModule, TrustChangesModule],
  controllers: [ReconcileController],
  providers: [
    AbsenceConfirmation,
    ConflictReview,
    DriftSampler,
    PendingRedactions,
    ReconcileMetrics,
    ReconcileRuns,
    ReconcileWorker,
    Reconciler,
    SnapshotApplier,
  ],
})
export class ReconcileModule {}
