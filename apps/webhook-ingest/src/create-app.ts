import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import { NestLogger, armFailpoints, createLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type WebhookIngestConfig } from './config';
import { SERVICE_NAME } from './tokens';

/**
 * Builds and starts the service: its NATS transports, the operations port and the port for webhooks. Waits for the
 * database, but not for NATS. Nest serves no HTTP: `WebhookEdge` receives the webhooks.
 */
export async function createApp(
  config: WebhookIngestConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<INestApplication> {
  armFailpoints(config.failpoints, logger);
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  try {
    connectTransports(app, config, logger);
    await app.startAllMicroservices();
    await app.init();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

function connectTransports(app: INestApplication, config: WebhookIngestConfig, logger: Logger): void {
  const nats = app.get(NatsClient);
  app.connectMicroservice({
    strategy: new JetStreamServer(nats, app.get(JetStream), inboxPrefix(SERVICE_NAME), logger),
  });
  app.connectMicroservice({
    strategy: new RequestServer(nats, SERVICE_NAME, (...given) => config.verifyEnvelope.current(...given), logger),
  });
}
