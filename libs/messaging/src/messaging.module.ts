import {
  type DynamicModule,
  Global,
  Inject,
  type InjectionToken,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { LOGGER } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { JetStream } from './jetstream';
import { NatsClient, type NatsOptions } from './nats-client';

/** Provides `NatsClient`, which connects in the background, and `JetStream`. Closes after the other modules. */
@Global()
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(@Inject(NatsClient) private readonly nats: NatsClient) {}

  static forRootAsync(async: {
    inject?: InjectionToken[];
    useFactory: (...args: never[]) => NatsOptions;
  }): DynamicModule {
    const OPTIONS = Symbol('NatsOptions');
    return {
      module: MessagingModule,
      providers: [
        { provide: OPTIONS, inject: async.inject ?? [], useFactory: async.useFactory },
        {
          provide: NatsClient,
          inject: [OPTIONS, LOGGER],
          useFactory: async (options: NatsOptions, logger: Logger) => {
            const client = new NatsClient(options, logger);
            await client.start();
            return client;
          },
        },
        {
          provide: JetStream,
          inject: [NatsClient, LOGGER],
          useFactory: (nats: NatsClient, logger: Logger) => new JetStream(nats, logger),
        },
      ],
      exports: [NatsClient, JetStream],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.nats.close();
  }
}
