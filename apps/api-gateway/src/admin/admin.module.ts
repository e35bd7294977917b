import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { DeleteUserController } from './delete-user/delete-user.controller';
import { EraseUserController } from './erase-user/erase-user.controller';
import { ExplainGateController } from './explain-gate/explain-gate.controller';
import { ExplainUserController } from './explain-user/explain-user.controller';
import { ClerkIds } from './find-user/clerk-ids';
import { Owners } from './find-user/owners';
import { ImportUsersController } from './import-users/import-users.controller';
import { UserImportUpload } from './import-users/user-import-upload';
import { ListAuditController } from './list-audit/list-audit.controller';
import { ListConflictsController } from './list-conflicts/list-conflicts.controller';
import { ListEventsController } from './list-events/list-events.controller';
import { ListGatewaysController } from './list-gateways/list-gateways.controller';
import { MetadataCollisionsController } from './list-metadata-collisions/metadata-collisions.controller';
import { ListReferralsController } from './list-referrals/list-referrals.controller';
import { ListRejectedController } from './list-rejected/list-rejected.controller';
import { WriteBacksController } from './list-write-backs/write-backs.controller';
import { AdminAuthSessionsController } from './manage-auth-sessions/admin-auth-sessions.controller';
import { AdminKeysController } from './manage-keys/admin-keys.controller';
import { AdminQuotasController } from './manage-quotas/admin-quotas.controller';
import { UsersController } from './manage-users/users.controller';
import { ReconcileController } from './reconcile/reconcile.controller';
import { RedriveEventsController } from './redrive-events/redrive-events.controller';
import { ShowEventController } from './show-event/show-event.controller';
import { ShowStatsController } from './show-stats/show-stats.controller';
import { SyncUserController } from './sync-user/sync-user.controller';
import { TailEventsController } from './tail-events/tail-events.controller';

/** Routes under `/admin`. They require the role admin. */
@Module({
  imports: [AuditModule],
  controllers: [
    ImportUsersController,
    UsersController,
    DeleteUserController,
    SyncUserController,
    ExplainUserController,
    AdminAuthSessionsController,
    AdminKeysController,
    AdminQuotasController,
    ListEventsController,
    TailEventsController,
    ShowEventController,
    RedriveEventsController,
    EraseUserController,
    ListRejectedController,
    ShowStatsController,
    ListGatewaysController,
    ReconcileController,
    ListConflictsController,
    WriteBacksController,
    MetadataCollisionsController,
    ListAuditController,
    ExplainGateController,
    ListReferralsController,
  ],
  providers: [ClerkIds, Owners, UserImportUpload],
})
export class AdminModule {}
