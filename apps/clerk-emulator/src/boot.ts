import { createLogger, NestLogger } from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { ListenFailedError } from './errors';
import { GeneratorService } from './generate-data/generator.service';
import { createFastifyAdapter } from './http/fastify-adapter';
import { Instance } from './instance';
import { WebhookDispatcher } from './deliver-webhooks/webhook-dispatcher';
import { StateKeeper } from './persist-state/state-keeper';

/** A running emulator. */
export interface BootedEmulator {
  readonly app: NestFastifyApplication;
  /** Base URL without a trailing slash. */
  readonly url: string;
}

const LOOPBACK = /^(127\.|localhost$|::1$)/;

/** Builds the app and listens. @throws StateFileInvalidError, ListenFailedError */
export async function boot(config: EmulatorConfig, now: Now = Date.now): Promise<BootedEmulator> {
  const logger = createLogger({ service: 'clerk-emulator', level: config.logLevel });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, now, logger),
    createFastifyAdapter(),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  const instance = app.get(Instance);
  await app.init();
  if (config.users > 0) {
    const { created, duration_ms } = await app.get(GeneratorService).generateUsers(config.users, config.seed);
    logger.info({ created, durationMs: duration_ms }, 'users generated');
  }
  try {
    await app.listen(config.port, config.host);
  } catch (cause) {
    await app.close();
    throw new ListenFailedError(config.host, config.port, cause);
  }
  const url = baseUrl(config.host, app.getHttpServer().address());
  instance.listensAt(url);
  // Not before the port is ours: another emulator may be at work on the same state file.
  app.get(StateKeeper).start();
  app.get(WebhookDispatcher).start();
  if (!LOOPBACK.test(config.host)) logger.warn('not on loopback: whoever reaches this port controls the emulator');
  logger.info({ url, issuer: instance.issuer, instanceId: instance.id }, 'clerk-emulator serves');
  return { app, url };
}

/** An address that can be connected to: one that means "every interface" is reached by loopback. */
function baseUrl(host: string, address: string | { port: number } | null): string {
  const port = typeof address === 'object' ? address?.port : undefined;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
