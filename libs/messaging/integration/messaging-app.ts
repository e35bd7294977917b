import { type NatsIdentity, type ServiceName, inboxPrefix } from '@gatehouse/contracts';
import { ObservabilityModule, createLogger } from '@gatehouse/observability';
import { type OwnNats, RepeatedWork } from '@gatehouse/testing';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { JetStream } from '../src/jetstream';
import { JetStreamServer } from '../src/jetstream-server';
import { MessagingModule } from '../src/messaging.module';
import { NatsClient, type NatsOptions } from '../src/nats-client';
import { type EnvelopeVerifier, RequestServer } from '../src/request-server';
import { StreamMaker } from '../src/stream-maker';

const logger = createLogger({ service: 'messaging-test', level: 'silent' });

/** Creates what is missing again and again, like stream-keeper, until `stop`. */
export interface Keeper {
  readonly maker: StreamMaker;
  stop(): Promise<void>;
}

/** Starts to keep the streams and consumers; resolves when all exist. */
export async function startKeeper(nats: OwnNats, ackWaitMs?: number): Promise<Keeper> {
  const client = startClient(nats, 'stream-keeper');
  const maker = new StreamMaker(client, { replicas: 1, ...(ackWaitMs !== undefined && { ackWaitMs }) });
  const keeping = await RepeatedWork.start(() => maker.createAll());
  return {
    maker,
    stop: async () => {
      await keeping.stop();
      await client.close();
    },
  };
}

/** Connection settings of a service for that server. */
export function optionsOf(nats: OwnNats, service: NatsIdentity): NatsOptions {
  const { user, pass: password, inboxPrefix } = nats.as(service);
  return { servers: [nats.url], user, password, name: service, inboxPrefix };
}

/** A connected client outside of an app, which plays another service. */
export function startClient(nats: OwnNats, service: NatsIdentity): NatsClient {
  const client = new NatsClient(optionsOf(nats, service), logger);
  void client.start();
  return client;
}

/** A Nest app with both transports and these controllers, like a service. */
export async function startApp(
  nats: OwnNats,
  service: ServiceName,
  controllers: Type[],
  verifyEnvelope: EnvelopeVerifier,
  options = optionsOf(nats, service),
): Promise<INestApplication> {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        logger,
        host: '127.0.0.1',
        opsPort: 0,
        metricPrefix: 'gatehouse_test',
        checks: { inject: [], useFactory: () => [] },
      }),
      MessagingModule.forRootAsync({ useFactory: () => options }),
    ],
    controllers,
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  const client = app.get(NatsClient);
  const hasConsumers = controllers.some((controller) => controller.name.endsWith('Consumer'));
  app.connectMicroservice({
    strategy: hasConsumers
      ? new JetStreamServer(client, app.get(JetStream), inboxPrefix(service), logger)
      : new RequestServer(client, service, verifyEnvelope, logger),
  });
  try {
    await app.startAllMicroservices();
    await app.init();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** A reply that matches its contract. */
export const found = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_1',
  role: 'user' as const,
  tier: 'free' as const,
  isActive: true,
  isNewUser: false,
  sessionEnded: false,
  change: 0,
};
