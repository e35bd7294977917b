import { NatsClient, RequestServer } from '@gatehouse/messaging';
import { armFailpoints, createLogger, NestLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type UserDataConfig } from './config';
import { SERVICE_NAME } from './tokens';

/** Builds and starts the service: it answers requests over NATS, and has an operations port. */
export async function createApp(
  config: UserDataConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<INestApplication> {
  armFailpoints(config.failpoints, logger);
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.connectMicroservice({
    strategy: new RequestServer(
      app.get(NatsClient),
      SERVICE_NAME,
      (...given) => config.verifyEnvelope.current(...given),
      logger,
    ),
  });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
