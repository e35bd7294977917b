import { part } from '@gatehouse/config';
import { inboxPrefix, metricPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule, SecretFilesModule } from '@gatehouse/observability';
import { databaseReadiness } from '@gatehouse/persistence';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type UserDataConfig } from './config';
import { DatabaseModule } from './database/database.module';
import { EraseDeletedUsersModule } from './erase-deleted-users/erase-deleted-users.module';
import { EraseUserModule } from './erase-user/erase-user.module';
import { ExportModule } from './export/export.module';
import { ListAuditModule } from './list-audit/list-audit.module';
import { QuotasModule } from './quotas/quotas.module';
import { RelayChangesModule } from './relay-changes/relay-changes.module';
import { RequestsModule } from './requests/requests.module';
import { RetentionModule } from './retention/retention.module';
import { ResourcesModule } from './resources/resources.module';
import { CONFIG, SERVICE_NAME } from './tokens';

/** The whole service; provides its configuration to every module. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: UserDataConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          metricPrefix: metricPrefix(SERVICE_NAME),
          checks: {
            inject: [DataSource, NatsClient],
            useFactory: (dataSource: DataSource, nats: NatsClient) => [
              ...databaseReadiness(dataSource, SERVICE_NAME),
              natsReadiness(nats),
            ],
          },
        }),
        DatabaseModule.forRoot(config),
        SecretFilesModule.forRoot(SERVICE_NAME, config.secretFiles),
        MessagingModule.forRootAsync({
          useFactory: () => ({
            ...config.nats.current,
            password: part(config.nats, ({ password }) => password),
            name: SERVICE_NAME,
            inboxPrefix: inboxPrefix(SERVICE_NAME),
          }),
        }),
        RequestsModule,
        ListAuditModule,
        QuotasModule,
        EraseUserModule,
        EraseDeletedUsersModule,
        RelayChangesModule,
        ExportModule,
        RetentionModule,
        ResourcesModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
