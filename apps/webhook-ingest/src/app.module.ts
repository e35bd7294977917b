import { clerkEventsStream, clerkOutcomesStream, inboxPrefix, outcomesConsumer } from '@gatehouse/contracts';
import {
  JetStream,
  MessagingModule,
  NatsClient,
  consumersReadiness,
  natsReadiness,
  streamsReadiness,
} from '@gatehouse/messaging';
import { LOGGER, METRICS, ObservabilityModule } from '@gatehouse/observability';
import { PersistenceModule, databaseReadiness } from '@gatehouse/persistence';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type Config } from './config';
import { serviceDatabase } from './database/database-options';
import { DrainOnShutdown } from './drain-on-shutdown';
import { BodyRetention } from './drop-bodies/body-retention';
import { EraseUserController } from './erase-user/erase-user.controller';
import { FollowOutcomesController } from './follow-outcomes/follow-outcomes.controller';
import { ListEventsController } from './list-events/list-events.controller';
import { IngestMetrics } from './metrics';
import { EventPublisher } from './publish-event/event-publisher';
import { PublishLog } from './publish-event/publish-log';
import { StreamKeeper } from './publish-event/stream-keeper';
import { BodyReader } from './receive-webhook/body-reader';
import { ProblemFilter } from './receive-webhook/problem.filter';
import { ReceiveWebhookController } from './receive-webhook/receive-webhook.controller';
import { RejectedDeliveries } from './receive-webhook/rejected-deliveries';
import { TurnedAway } from './receive-webhook/turned-away';
import { BodyPartitions } from './record-webhook/body-partitions';
import { insertDeliveries } from './record-webhook/insert-deliveries';
import { Ledger } from './record-webhook/ledger';
import { Rebuild } from './rebuild-stream/rebuild';
import { RedriveEventsController } from './redrive-events/redrive-events.controller';
import { ShowRedrivesController } from './redrive-events/show-redrives.controller';
import { Relay } from './relay-events/relay';
import { ShowEventController } from './show-event/show-event.controller';
import { ShowStatsController } from './show-stats/show-stats.controller';
import { CONFIG, SERVICE_NAME } from './tokens';
import { LedgerWatch } from './watch-ledger/ledger-watch';

/** The whole service, as main.ts and the tests boot it. */
@Module({})
export class AppModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PersistenceModule.forRootAsync({ useFactory: () => serviceDatabase(config.database) }),
        MessagingModule.forRootAsync({
          useFactory: () => ({ ...config.nats, name: SERVICE_NAME, inboxPrefix: inboxPrefix(SERVICE_NAME) }),
        }),
        ObservabilityModule.forRoot({
          logger,
          host: config.http.host,
          opsPort: config.opsPort,
          checks: {
            inject: [DataSource, NatsClient, JetStream],
            useFactory: (dataSource: DataSource, nats: NatsClient, jetStream: JetStream) => [
              ...databaseReadiness(dataSource, SERVICE_NAME),
              natsReadiness(nats),
              streamsReadiness(jetStream, [clerkEventsStream, clerkOutcomesStream]),
              consumersReadiness(jetStream, [outcomesConsumer]),
            ],
          },
        }),
      ],
      controllers: [
        ReceiveWebhookController,
        FollowOutcomesController,
        ListEventsController,
        ShowEventController,
        RedriveEventsController,
        ShowRedrivesController,
        ShowStatsController,
        EraseUserController,
      ],
      providers: [{ provide: CONFIG, useValue: config }, ...providers(config)],
    };
  }
}

function providers(config: Config): Provider[] {
  return [
    {
      provide: APP_FILTER,
      inject: [LOGGER, TurnedAway],
      useFactory: (log: Logger, turnedAway: TurnedAway) => new ProblemFilter(log, turnedAway),
    },
    {
      provide: TurnedAway,
      inject: [IngestMetrics, RejectedDeliveries],
      useFactory: (metrics: IngestMetrics, rejected: RejectedDeliveries) => new TurnedAway(metrics, rejected),
    },
    {
      provide: BodyReader,
      inject: [IngestMetrics],
      useFactory: (metrics: IngestMetrics) =>
        new BodyReader(config.maxBufferedBytes, (bytes) => metrics.bufferedBytes.set(bytes)),
    },
    { provide: IngestMetrics, inject: [METRICS], useFactory: (registry: Registry) => new IngestMetrics(registry) },
    {
      provide: Ledger,
      inject: [DataSource, LOGGER, IngestMetrics],
      useFactory: (dataSource: DataSource, log: Logger, metrics: IngestMetrics) =>
        new Ledger(
          (deliveries) => insertDeliveries(dataSource, deliveries, config.retry.maxRetries),
          log,
          (rows) => metrics.groupRows.observe(rows),
        ),
    },
    {
      provide: RejectedDeliveries,
      inject: [DataSource, LOGGER],
      useFactory: (dataSource: DataSource, log: Logger) => new RejectedDeliveries(dataSource, log, config.rejected),
    },
    {
      provide: BodyPartitions,
      inject: [DataSource, LOGGER],
      useFactory: (dataSource: DataSource, log: Logger) => new BodyPartitions(dataSource, log),
    },
    {
      provide: BodyRetention,
      inject: [DataSource, LOGGER],
      useFactory: (dataSource: DataSource, log: Logger) => new BodyRetention(dataSource, log, config.bodyRetentionDays),
    },
    {
      provide: StreamKeeper,
      inject: [NatsClient, JetStream, LOGGER],
      useFactory: (nats: NatsClient, jetStream: JetStream, log: Logger) => new StreamKeeper(nats, jetStream, log),
    },
    { provide: PublishLog, inject: [DataSource], useFactory: (dataSource: DataSource) => new PublishLog(dataSource) },
    {
      provide: EventPublisher,
      inject: [NatsClient, JetStream, PublishLog, IngestMetrics, LOGGER],
      useFactory: (
        nats: NatsClient,
        jetStream: JetStream,
        publishLog: PublishLog,
        metrics: IngestMetrics,
        log: Logger,
      ) => new EventPublisher(nats, jetStream, publishLog, metrics, log),
    },
    {
      provide: Relay,
      inject: [DataSource, NatsClient, JetStream, EventPublisher, IngestMetrics, LOGGER],
      useFactory: (
        dataSource: DataSource,
        nats: NatsClient,
        jetStream: JetStream,
        publisher: EventPublisher,
        metrics: IngestMetrics,
        log: Logger,
      ) => new Relay(dataSource, nats, jetStream, publisher, metrics, log, config.relay),
    },
    {
      provide: Rebuild,
      inject: [DataSource, NatsClient, JetStream, IngestMetrics, LOGGER],
      useFactory: (
        dataSource: DataSource,
        nats: NatsClient,
        jetStream: JetStream,
        metrics: IngestMetrics,
        log: Logger,
      ) => new Rebuild(dataSource, nats, jetStream, metrics, log, config.rebuild),
    },
    {
      provide: LedgerWatch,
      inject: [DataSource, IngestMetrics, LOGGER],
      useFactory: (dataSource: DataSource, metrics: IngestMetrics, log: Logger) =>
        new LedgerWatch(dataSource, metrics, log, config),
    },
    {
      provide: DrainOnShutdown,
      inject: [Ledger, EventPublisher, RejectedDeliveries],
      useFactory: (ledger: Ledger, publisher: EventPublisher, rejected: RejectedDeliveries) =>
        new DrainOnShutdown(ledger, publisher, rejected),
    },
  ];
}
