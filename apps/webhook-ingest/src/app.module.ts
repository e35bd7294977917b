import { part } from '@gatehouse/config';
import {
  clerkEventsStream,
  clerkOutcomesStream,
  inboxPrefix,
  metricPrefix,
  outcomesConsumer,
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
import { type WebhookIngestConfig } from './config';
import { serviceDatabase } from './database/database-options';
import { DropBodiesModule } from './drop-bodies/drop-bodies.module';
import { EraseUserModule } from './erase-user/erase-user.module';
import { ExportEventsModule } from './export-events/export-events.module';
import { FollowOutcomesModule } from './follow-outcomes/follow-outcomes.module';
import { ListEventsModule } from './list-events/list-events.module';
import { ListRejectedModule } from './list-rejected/list-rejected.module';
import { PublishEventModule } from './publish-event/publish-event.module';
import { RebuildStreamModule } from './rebuild-stream/rebuild-stream.module';
import { ReceiveWebhookModule } from './receive-webhook/receive-webhook.module';
import { RecordWebhookModule } from './record-webhook/record-webhook.module';
import { RedriveEventsModule } from './redrive-events/redrive-events.module';
import { RelayEventsModule } from './relay-events/relay-events.module';
import { ShowEventModule } from './show-event/show-event.module';
import { ShowStatsModule } from './show-stats/show-stats.module';
import { TailEventsModule } from './tail-events/tail-events.module';
import { CONFIG, SERVICE_NAME } from './tokens';
import { WatchLedgerModule } from './watch-ledger/watch-ledger.module';

/** Provides the configuration to every module. */
@Global()
@Module({})
class ConfigModule {
  static forRoot(config: WebhookIngestConfig): DynamicModule {
    return { module: ConfigModule, providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] };
  }
}

/** The whole service, as `main.ts` and the tests start it. */
@Module({})
export class AppModule {
  static forRoot(config: WebhookIngestConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
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
        observability(config, logger),
        // Process each event: from Clerk to the stream, and its outcome back to the ledger.
        ReceiveWebhookModule,
        RecordWebhookModule,
        PublishEventModule,
        RelayEventsModule,
        FollowOutcomesModule,
        RebuildStreamModule,
        // For users.
        ExportEventsModule,
        // For admins.
        ListEventsModule,
        TailEventsModule,
        ListRejectedModule,
        ShowEventModule,
        ShowStatsModule,
        RedriveEventsModule,
        EraseUserModule,
        // Upkeep of the ledger.
        DropBodiesModule,
        WatchLedgerModule,
      ],
    };
  }
}

function observability(config: WebhookIngestConfig, logger: Logger): DynamicModule {
  return ObservabilityModule.forRoot({
    logger,
    host: config.http.host,
    opsPort: config.opsPort,
    metricPrefix: metricPrefix(SERVICE_NAME),
    checks: {
      inject: [DataSource, NatsClient, JetStream],
      useFactory: (dataSource: DataSource, nats: NatsClient, jetStream: JetStream) => [
        ...databaseReadiness(dataSource, SERVICE_NAME),
        natsReadiness(nats),
        streamsReadiness(jetStream, [clerkEventsStream, clerkOutcomesStream]),
        consumersReadiness(jetStream, [outcomesConsumer]),
      ],
    },
  });
}
