import { clerkEventsStream, clerkOutcomesStream, eventsConsumer, inboxPrefix } from '@gatehouse/contracts';
import {
  JetStream,
  MessagingModule,
  NatsClient,
  consumersReadiness,
  natsReadiness,
  streamsReadiness,
} from '@gatehouse/messaging';
import { ObservabilityModule } from '@gatehouse/observability';
import { PersistenceModule, databaseReadiness } from '@gatehouse/persistence';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ChangeAnnouncer } from './announce-changes/change-announcer';
import { ChangesController } from './announce-changes/changes.controller';
import { ChangeApplier } from './apply-event/change-applier';
import { EventBatch } from './apply-event/event-batch';
import { EventMetrics } from './apply-event/event-metrics';
import { EventConsumer } from './apply-event/event.consumer';
import { OutcomeReporter } from './apply-event/outcome-reporter';
import { ClerkSettlement } from './apply-event/settle-with-clerk';
import { ClerkAddresses } from './ask-clerk/clerk-addresses';
import { ClerkBudget } from './ask-clerk/clerk-budget';
import { ClerkInstance } from './ask-clerk/clerk-instance';
import { ClerkHealth } from './ask-clerk/clerk-health';
import { ClerkJson } from './ask-clerk/clerk-json';
import { ClerkMetadata } from './ask-clerk/clerk-metadata';
import { ClerkRequests } from './ask-clerk/clerk-requests';
import { ClerkSessions } from './ask-clerk/clerk-sessions';
import { ClerkUsers } from './ask-clerk/clerk-users';
import { CONFIG, type UserSyncConfig } from './config';
import { serviceDatabase } from './database/database-options';
import { PhoneLoginController } from './exchange-phone-login/phone-login.controller';
import { PromiseWorker } from './grant-admin/promise-worker';
import { AuditController } from './keep-audit/audit.controller';
import { LegacySessionsController } from './keep-legacy-sessions/legacy-sessions.controller';
import { ChangePropagation } from './lease-gateways/change-propagation';
import { GatewaysController } from './lease-gateways/gateways.controller';
import { LoginController } from './log-in/login.controller';
import { Passwords } from './log-in/passwords';
import { KeysController } from './manage-keys/keys.controller';
import { ListKeysController } from './manage-keys/list-keys.controller';
import { ListConflictsController } from './list-conflicts/list-conflicts.controller';
import { ListUsersController } from './list-users/list-users.controller';
import { AdminCensus } from './manage-users/admin-census';
import { CreateUserController } from './manage-users/create-user.controller';
import { ManageUsersController } from './manage-users/manage-users.controller';
import { Pruner } from './prune-expired/pruner';
import { FirstLogin } from './resolve-principal/first-login';
import { ResolveKeyController } from './resolve-key/resolve-key.controller';
import { PrincipalResolver } from './resolve-principal/principal-resolver';
import { ResolvePrincipalController } from './resolve-principal/resolve-principal.controller';
import { SetPasswordController } from './set-password/set-password.controller';
import { ExplainUserController } from './explain-user/explain-user.controller';
import { FindUserController } from './find-user/find-user.controller';
import { ClerkDirectory } from './ask-clerk/clerk-directory';
import { AbsenceConfirmation } from './reconcile/confirm-absences';
import { DriftSampler } from './reconcile/drift-sampler';
import { PendingRedactions } from './reconcile/pending-redactions';
import { ReconcileMetrics } from './reconcile/reconcile-metrics';
import { ReconcileRuns } from './reconcile/reconcile-runs';
import { ReconcileWorker } from './reconcile/reconcile-worker';
import { ReconcileController } from './reconcile/reconcile.controller';
import { Reconciler } from './reconcile/reconciler';
import { ConflictReview } from './reconcile/review-conflicts';
import { MetadataCollisionsController } from './metadata-collisions/metadata-collisions.controller';
import { SnapshotApplier } from './reconcile/snapshot-applier';
import { SuspectedAbsences } from './reconcile/suspected-absences';
import { ConflictResolver } from './resolve-conflicts/conflict-resolver';
import { ShowMeController } from './show-me/show-me.controller';
import { SyncUserController } from './sync-user/sync-user.controller';
import { SyncClerkUserController } from './sync-clerk-user/sync-clerk-user.controller';
import { ClerkMovements } from './tell-movements/clerk-movements';
import { UpdateProfileController } from './update-profile/update-profile.controller';
import { WriteBackMetrics } from './write-back/write-back-metrics';
import { WriteBackQueue } from './write-back/write-back-queue';
import { WriteBackRound } from './write-back/write-back-round';
import { WriteBackWorker } from './write-back/write-back-worker';
import { WriteBacksController } from './write-back/write-backs.controller';

/** The whole service. */
@Module({})
export class AppModule {
  static forRoot(config: UserSyncConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          checks: {
            inject: [DataSource, NatsClient, JetStream],
            useFactory: (dataSource: DataSource, nats: NatsClient, jetStream: JetStream) => [
              ...databaseReadiness(dataSource, 'user-sync'),
              natsReadiness(nats),
              streamsReadiness(jetStream, [clerkEventsStream, clerkOutcomesStream]),
              consumersReadiness(jetStream, [eventsConsumer]),
            ],
          },
        }),
        PersistenceModule.forRootAsync({ useFactory: () => serviceDatabase(config.database) }),
        MessagingModule.forRootAsync({
          useFactory: () => ({ ...config.nats, name: 'user-sync', inboxPrefix: inboxPrefix('user-sync') }),
        }),
      ],
      controllers: [
        EventConsumer,
        ResolvePrincipalController,
        ShowMeController,
        UpdateProfileController,
        ListUsersController,
        ExplainUserController,
        FindUserController,
        ListConflictsController,
        WriteBacksController,
        MetadataCollisionsController,
        ReconcileController,
        ChangesController,
        GatewaysController,
        AuditController,
        KeysController,
        ListKeysController,
        ResolveKeyController,
        LegacySessionsController,
        LoginController,
        SetPasswordController,
        PhoneLoginController,
        SyncClerkUserController,
        CreateUserController,
        ManageUsersController,
        SyncUserController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        AdminCensus,
        ChangeAnnouncer,
        ChangeApplier,
        ChangePropagation,
        ClerkMovements,
        ClerkSettlement,
        ClerkAddresses,
        ClerkBudget,
        ClerkHealth,
        ClerkInstance,
        ClerkJson,
        ClerkMetadata,
        ClerkRequests,
        ClerkSessions,
        ClerkUsers,
        ConflictResolver,
        ConflictReview,
        EventBatch,
        EventMetrics,
        FirstLogin,
        OutcomeReporter,
        Passwords,
        PrincipalResolver,
        PromiseWorker,
        Pruner,
        SuspectedAbsences,
        AbsenceConfirmation,
        ClerkDirectory,
        DriftSampler,
        PendingRedactions,
        ReconcileMetrics,
        ReconcileRuns,
        ReconcileWorker,
        Reconciler,
        SnapshotApplier,
        WriteBackMetrics,
        WriteBackQueue,
        WriteBackRound,
        WriteBackWorker,
      ],
    };
  }
}
