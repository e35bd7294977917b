import { part } from '@gatehouse/config';
import {
  clerkEventsStream,
  clerkOutcomesStream,
  eventsConsumer,
  inboxPrefix,
  metricPrefix,
} from '@gatehouse/contracts';
import {
  JetStream,
  MessagingModule,
  NatsClient,
  consumersReadiness,
  natsReadiness,
  streamsReadiness,
} from '@gatehouse/messaging';
import { ObservabilityModule, SecretFilesModule } from '@gatehouse/observability';
import { PersistenceModule, databaseReadiness } from '@gatehouse/persistence';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ApplyModule } from './apply/apply.module';
import { AuditModule } from './audit/audit.module';
import { AuthSessionsModule } from './auth-sessions/auth-sessions.module';
import { type UserSyncConfig } from './config';
import { CredentialsModule } from './credentials/credentials.module';
import { serviceDatabase } from './database/database-options';
import { ImportsModule } from './imports/imports.module';
import { ReconcileModule } from './reconcile/reconcile.module';
import { ReferralsModule } from './referrals/referrals.module';
import { RetentionModule } from './retention/retention.module';
import { CONFIG, SERVICE_NAME } from './tokens';
import { TrustModule } from './trust/trust.module';
import { UserStreamModule } from './user-stream/user-stream.module';
import { UsersModule } from './users/users.module';
import { WriteBackModule } from './write-back/write-back.module';

/** Root module of the service. Provides the configuration to every other module. */
@Global()
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
          metricPrefix: metricPrefix(SERVICE_NAME),
          checks: {
            inject: [DataSource, NatsClient, JetStream],
            useFactory: (dataSource: DataSource, nats: NatsClient, jetStream: JetStream) => [
              ...databaseReadiness(dataSource, SERVICE_NAME),
              natsReadiness(nats),
              streamsReadiness(jetStream, [clerkEventsStream, clerkOutcomesStream]),
              consumersReadiness(jetStream, [eventsConsumer]),
            ],
          },
        }),
        PersistenceModule.forRootAsync({
          useFactory: () =>
            serviceDatabase({
              ...config.database.address.current,
              url: part(config.database.address, ({ url }) => url),
              poolSize: config.database.poolSize,
            }),
        }),
        SecretFilesModule.forRoot(SERVICE_NAME, config.secretFiles),
        MessagingModule.forRootAsync({
          useFactory: () => ({
            ...config.nats.current,
            password: part(config.nats, ({ password }) => password),
            name: SERVICE_NAME,
            inboxPrefix: inboxPrefix(SERVICE_NAME),
          }),
        }),
        ApplyModule,
        AuditModule,
        AuthSessionsModule,
        CredentialsModule,
        ImportsModule,
        ReconcileModule,
        ReferralsModule,
        RetentionModule,
        TrustModule,
        UserStreamModule,
        UsersModule,
        WriteBackModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
