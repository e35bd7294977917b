import { NestLogger, createLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type StreamKeeperConfig } from './config';
import { SERVICE_NAME } from './tokens';

/** Builds and starts the service. It answers no requests; its only HTTP is its operations port. */
export async function createApp(
  config: StreamKeeperConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  await app.init();
  return app;
}
