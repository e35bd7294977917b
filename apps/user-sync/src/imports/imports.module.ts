import { Module } from '@nestjs/common';
import { ClerkModule } from '../clerk/clerk.module';
import { LeaderLock } from '../reconcile/leader-lock';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { ImportApplier } from './apply-rows/apply-import';
import { ImportMetrics } from './import-metrics';
import { ImportStore } from './import-store';
import { ImportWatch } from './import-watch';
import { ImportWorker } from './import-worker';
import { ImportsController } from './manage-imports/imports.controller';
import { ListRowsController } from './manage-imports/list-rows.controller';
import { ClerkNameFinder } from './plan-rows/clerk-names';
import { ImportPlanner } from './plan-rows/plan-import';
import { ReceiveFileController } from './receive-file/receive-file.controller';
import { ImportUndoer } from './undo-rows/undo-import';

/** Owns imports of users: uploads, plans, their application and their undo. */
@Module({
  imports: [ClerkModule, TrustChangesModule],
  controllers: [ReceiveFileController, ImportsController, ListRowsController],
  providers: [
    ClerkNameFinder,
    ImportApplier,
    ImportMetrics,
    ImportPlanner,
    ImportStore,
    ImportUndoer,
    ImportWatch,
    ImportWorker,
    LeaderLock,
  ],
})
export class ImportsModule {}
