import { Module } from '@nestjs/common';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { ClerkMovements } from './batch/clerk-movements';
import { ObservationApplier } from './batch/observation-applier';
import { EventBatch } from './events/event-batch';
import { EventMetrics } from './events/event-metrics';
import { EventConsumer } from './events/event.consumer';
import { OutcomeReporter } from './events/outcome-reporter';
import { ConflictResolver } from './settle/conflict-resolver';
import { ClerkSettlement } from './settle/settle-with-clerk';

/** Owns how observations of Clerk users, from events and all other sources, are applied to the users table. */
@Module({
  imports: [ClerkModule, TrustChangesModule],
  controllers: [EventConsumer],
  providers: [
    ObservationApplier,
    ClerkMovements,
    ClerkSettlement,
    ConflictResolver,
    EventBatch,
    EventMetrics,
    OutcomeReporter,
  ],
  exports: [ObservationApplier, ClerkMovements, ClerkSettlement],
})
export class ApplyModule {}
