import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import { NestLogger, armFailpoints, createLogger } from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type WebhookIngestConfig } from './config';
import { BodyReader } from './receive-webhook/body-reader';
import { createFastifyAdapter, readRawBodies } from './receive-webhook/fastify-adapter';
import { SERVICE_NAME } from './tokens';

/**
 * Assembles the service and starts its NATS transports. Does not listen for HTTP yet. Waits for the database, but not
 * for NATS.
 */
export async function createApp(
  config: WebhookIngestConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<NestFastifyApplication> {
  armFailpoints(config.failpoints, logger);
  const adapter = createFastifyAdapter(config.http, logger);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, logger), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    readRawBodies(adapter.getInstance(), app.get(BodyReader));
    connectTransports(app, config, logger);
    await app.startAllMicroservices();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

function connectTransports(app: NestFastifyApplication, config: WebhookIngestConfig, logger: Logger): void {
  const nats = app.get(NatsClient);
  app.connectMicroservice({
    strategy: new JetStreamServer(nats, app.get(JetStream), inboxPrefix(SERVICE_NAME), logger),
  });
  app.connectMicroservice({
    strategy: new RequestServer(nats, SERVICE_NAME, (...given) => config.verifyEnvelope.current(...given), logger),
  });
}
