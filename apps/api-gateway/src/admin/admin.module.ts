import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { EraseUserController } from './erase-user/erase-user.controller';
import { ExplainUserController } from './explain-user/explain-user.controller';
import { ClerkIds } from './find-user/clerk-ids';
import { AuditController } from './list-audit/audit.controller';
import { ConflictsController } from './list-conflicts/conflicts.controller';
import { ListEventsController } from './list-events/list-events.controller';
import { MetadataCollisionsController } from './list-metadata-collisions/metadata-collisions.controller';
import { WriteBacksController } from './list-write-backs/write-backs.controller';
import { AdminKeysController } from './manage-keys/admin-keys.controller';
import { UsersController } from './manage-users/users.controller';
import { ReconcileController } from './reconcile/reconcile.controller';
import { RedriveController } from './redrive-events/redrive.controller';
import { ShowEventController } from './show-event/show-event.controller';
import { StatsController } from './show-stats/stats.controller';
import { SyncUserController } from './sync-user/sync-user.controller';

/** Routes under `/admin`. They require the role admin. */
@Module({
  imports: [AuditModule],
  controllers: [
    UsersController,
    SyncUserController,
    ExplainUserController,
    AdminKeysController,
    ListEventsController,
    ShowEventController,
    RedriveController,
    EraseUserController,
    StatsController,
    ReconcileController,
    ConflictsController,
    WriteBacksController,
    MetadataCollisionsController,
    AuditController,
  ],
  providers: [ClerkIds],
})
export class AdminModule {}
