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
import { ChangeAnnouncer } from './trust-changes/trust-change-announcer';
import { ChangesController } from './trust/follow-changes/changes.controller';
import { ObservationApplier } from './apply/batch/observation-applier';
import { EventBatch } from './apply/events/event-batch';
import { EventMetrics } from './apply/events/event-metrics';
import { EventConsumer } from './apply/events/event.consumer';
import { OutcomeReporter } from './apply/events/outcome-reporter';
import { ClerkSettlement } from './apply/settle/settle-with-clerk';
import { ClerkAddresses } from './clerk/clerk-addresses';
import { ClerkBudget } from './clerk/clerk-budget';
import { ClerkInstance } from './clerk/clerk-instance';
import { ClerkHealth } from './clerk/clerk-health';
import { ClerkJson } from './clerk/clerk-json';
import { ClerkMetadata } from './clerk/clerk-metadata';
import { ClerkRequests } from './clerk/clerk-requests';
import { ClerkSessions } from './clerk/clerk-sessions';
import { ClerkUsers } from './clerk/clerk-users';
import { CONFIG, type UserSyncConfig } from './config';
import { serviceDatabase } from './database/database-options';
import { PhoneLoginController } from './credentials/exchange-phone-login/phone-login.controller';
import { PromiseWorker } from './users/grant-admin/promise-worker';
import { AuditController } from './audit/list-audit/audit.controller';
import { LegacySessionsController } from './credentials/legacy-sessions/legacy-sessions.controller';
import { ChangePropagation } from './trust/lease-gateways/change-propagation';
import { GatewaysController } from './trust/lease-gateways/gateways.controller';
import { LoginController } from './credentials/log-in/login.controller';
import { Passwords } from './credentials/log-in/passwords';
import { KeysController } from './credentials/manage-keys/keys.controller';
import { ListKeysController } from './credentials/manage-keys/list-keys.controller';
import { ListConflictsController } from './users/list-conflicts/list-conflicts.controller';
import { ListUsersController } from './users/list-users/list-users.controller';
import { AdminCensus } from './users/manage-users/admin-census';
import { CreateUserController } from './users/manage-users/create-user.controller';
import { ManageUsersController } from './users/manage-users/manage-users.controller';
import { Pruner } from './retention/pruner';
import { FirstLogin } from './trust/resolve-principal/first-login';
import { ResolveKeyController } from './credentials/resolve-key/resolve-key.controller';
import { PrincipalResolver } from './trust/resolve-principal/principal-resolver';
import { ResolvePrincipalController } from './trust/resolve-principal/resolve-principal.controller';
import { SetPasswordController } from './credentials/set-password/set-password.controller';
import { ExplainUserController } from './users/explain-user/explain-user.controller';
import { FindUserController } from './users/find-user/find-user.controller';
import { ClerkDirectory } from './clerk/clerk-directory';
import { AbsenceConfirmation } from './reconcile/confirm-absences';
import { DriftSampler } from './reconcile/drift-sampler';
import { PendingRedactions } from './reconcile/pending-redactions';
import { ReconcileMetrics } from './reconcile/reconcile-metrics';
import { ReconcileRuns } from './reconcile/reconcile-runs';
import { ReconcileWorker } from './reconcile/reconcile-worker';
import { ReconcileController } from './reconcile/reconcile.controller';
import { Reconciler } from './reconcile/reconciler';
import { ConflictReview } from './reconcile/review-conflicts';
import { MetadataCollisionsController } from './write-back/list-metadata-collisions/metadata-collisions.controller';
import { SnapshotApplier } from './reconcile/snapshot-applier';
import { SuspectedAbsences } from './clerk/suspected-absences';
import { ConflictResolver } from './apply/settle/conflict-resolver';
import { ShowMeController } from './users/show-me/show-me.controller';
import { SyncUserController } from './users/sync-user/sync-user.controller';
import { SyncClerkUserController } from './users/sync-clerk-user/sync-clerk-user.controller';
import { ClerkMovements } from './apply/batch/clerk-movements';
import { UpdateProfileController } from './users/update-profile/update-profile.controller';
import { WriteBackMetrics } from './write-back/worker/write-back-metrics';
import { WriteBackQueue } from './write-back/queue/write-back-queue';
import { WriteBackRound } from './write-back/worker/write-back-round';
import { WriteBackWorker } from './write-back/worker/write-back-worker';
import { WriteBacksController } from './write-back/list-write-backs/write-backs.controller';

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
        ObservationApplier,
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
