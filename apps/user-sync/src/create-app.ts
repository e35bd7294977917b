import { createEnvelopeVerifier } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import { NestLogger, armFailpoints, createLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { type UserSyncConfig } from './config';

const NAME = 'user-sync';

/** Builds and starts the service: both NATS transports and the operations port; it listens for no HTTP of clients. */
export async function createApp(config: UserSyncConfig): Promise<INestApplication> {
  const verifyEnvelope = createEnvelopeVerifier(config.envelopePublicKey);
  const logger = createLogger({ service: NAME, level: config.logLevel });
  if (config.failpoints.length > 0) {
    logger.warn({ failpoints: config.failpoints }, 'failpoints are armed: this service will kill itself');
    armFailpoints(config.failpoints);
  }
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const nats = app.get(NatsClient);
  app.connectMicroservice({ strategy: new RequestServer(nats, NAME, verifyEnvelope, logger) });
  app.connectMicroservice({
    strategy: new JetStreamServer(nats, app.get(JetStream), inboxPrefix(NAME), logger, {
      ackWaitMs: config.nats.ackWaitMs,
    }),
  });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
