import { createLogger, NestLogger } from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { createFastifyAdapter } from './serve-api/fastify-adapter';
import { SERVICE_NAME } from './tokens';

/** Assembles an emulator and restores its saved state; it does not listen yet. @throws StateFileInvalidError */
export async function createApp(
  config: EmulatorConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
  now: Now = Date.now,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, now, logger),
    createFastifyAdapter(),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  return app.init();
}
