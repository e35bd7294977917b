import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import { NestLogger, armFailpoints, createLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type UserSyncConfig } from './config';
import { SERVICE_NAME } from './tokens';

/**
 * Builds and starts the service: its NATS transports and the operations port. Other services reach it only over NATS;
 * the operations port is its only HTTP server.
 */
export async function createApp(
  config: UserSyncConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<INestApplication> {
  armFailpoints(config.failpoints, logger);
  if (config.idempotencySecrets.current.length === 0) {
    logger.warn('IDEMPOTENCY_SECRET is not set: a repeated POST /api/keys cannot show the new API key again');
  }
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const nats = app.get(NatsClient);
  app.connectMicroservice({
    strategy: new RequestServer(nats, SERVICE_NAME, (...given) => config.verifyEnvelope.current(...given), logger),
  });
  app.connectMicroservice({
    strategy: new JetStreamServer(nats, app.get(JetStream), inboxPrefix(SERVICE_NAME), logger),
  });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
