import { Module } from '@nestjs/common';
import { ApplyModule } from '../apply/apply.module';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { TrustModule } from '../trust/trust.module';
import { DeleteUserController } from './delete-user/delete-user.controller';
import { ExplainUserController } from './explain-user/explain-user.controller';
import { ExportIdentifiersController } from './export-identifiers/export-identifiers.controller';
import { FindUserController } from './find-user/find-user.controller';
import { PromiseWorker } from './grant-admin/promise-worker';
import { ListConflictsController } from './list-conflicts/list-conflicts.controller';
import { ListChangedUsersController } from './list-users/list-changed-users.controller';
import { ListUsersController } from './list-users/list-users.controller';
import { AdminCensus } from './manage-users/admin-census';
import { CreateUserController } from './manage-users/create-user.controller';
import { ManageUsersController } from './manage-users/manage-users.controller';
import { StripeCustomerController } from './manage-users/stripe-customer.controller';
import { ShowMeController } from './show-me/show-me.controller';
import { SyncClerkUserController } from './sync-clerk-user/sync-clerk-user.controller';
import { SyncUserController } from './sync-user/sync-user.controller';
import { UpdateProfileController } from './update-profile/update-profile.controller';

/**
 * Owns what users and admins can read and change about a user: profile, role, tier, activity, conflicts and history.
 */
@Module({
  imports: [ApplyModule, ClerkModule, TrustChangesModule, TrustModule],
  controllers: [
    CreateUserController,
    DeleteUserController,
    ExplainUserController,
    ExportIdentifiersController,
    FindUserController,
    ListChangedUsersController,
    ListConflictsController,
    ListUsersController,
    ManageUsersController,
    ShowMeController,
    StripeCustomerController,
    SyncClerkUserController,
    SyncUserController,
    UpdateProfileController,
  ],
  providers: [AdminCensus, PromiseWorker],
})
export class UsersModule {}
