import { part } from '@gatehouse/config';
import { inboxPrefix, metricPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule, SecretFilesModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type StreamKeeperConfig } from './config';
import { KeepStreamsModule } from './keep-streams/keep-streams.module';
import { KeptStreams } from './keep-streams/kept-streams';
import { CONFIG, SERVICE_NAME } from './tokens';

/** The whole service; provides its configuration to every module. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: StreamKeeperConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          metricPrefix: metricPrefix(SERVICE_NAME),
          checks: {
            inject: [NatsClient, KeptStreams],
            useFactory: (nats: NatsClient, kept: KeptStreams) => [natsReadiness(nats), kept.readiness],
          },
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
        KeepStreamsModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
