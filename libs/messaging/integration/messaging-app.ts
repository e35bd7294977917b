import { type ServiceName, inboxPrefix } from '@gatehouse/contracts';
import { natsUsers } from '@gatehouse/local-stack';
import { ObservabilityModule, createLogger } from '@gatehouse/observability';
import { type OwnNats, startOwnNats } from '@gatehouse/testing';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { JetStream } from '../src/jetstream';
import { JetStreamServer, type JetStreamServerOptions } from '../src/jetstream-server';
import { MessagingModule } from '../src/messaging.module';
import { NatsClient, type NatsOptions } from '../src/nats-client';
import { type EnvelopeVerifier, RequestServer } from '../src/request-server';

const logger = createLogger({ service: 'messaging-test', level: 'silent' });

/** A nats-server with the users and permissions of production, and an administrator. */
export function startNats(): Promise<OwnNats> {
  return startOwnNats({
    users: [...natsUsers((service) => service), { user: 'administrator', password: 'administrator' }],
  });
}

/** Connection settings of a service for that server. */
export function optionsOf(nats: OwnNats, service: ServiceName): NatsOptions {
  return { servers: [nats.url], user: service, password: service, name: service, inboxPrefix: inboxPrefix(service) };
}

/** A connected client outside of an app, which plays another service. */
export function startClient(nats: OwnNats, service: ServiceName): NatsClient {
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
  options: JetStreamServerOptions = {},
): Promise<INestApplication> {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        logger,
        host: '127.0.0.1',
        opsPort: 0,
        checks: { inject: [], useFactory: () => [] },
      }),
      MessagingModule.forRootAsync({ useFactory: () => optionsOf(nats, service) }),
    ],
    controllers,
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  const client = app.get(NatsClient);
  const hasConsumers = controllers.some((controller) => controller.name.endsWith('Consumer'));
  app.connectMicroservice({
    strategy: hasConsumers
      ? new JetStreamServer(client, app.get(JetStream), inboxPrefix(service), logger, options)
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
