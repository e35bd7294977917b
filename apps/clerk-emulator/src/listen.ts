import { LOGGER } from '@gatehouse/observability';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { createApp } from './create-app';
import { WebhookDispatcher } from './deliver-webhooks/webhook-dispatcher';
import { ListenFailedError } from './errors';
import { GeneratorService } from './generate-data/generator.service';
import { Instance } from './instance';
import { StateKeeper } from './persist-state/state-keeper';

/** An emulator that listens. */
interface ListeningEmulator {
  readonly app: NestFastifyApplication;
  /** Base URL without a trailing slash. */
  readonly url: string;
}

const LOOPBACK = /^(127\.|localhost$|::1$)/;

/** Assembles an emulator, generates the configured users and listens. @throws StateFileInvalidError, ListenFailedError */
export async function listen(config: EmulatorConfig, now?: Now): Promise<ListeningEmulator> {
  const app = await createApp(config, undefined, now);
  const logger = app.get<Logger>(LOGGER);
  if (config.users > 0) {
    const { created, duration_ms } = await app.get(GeneratorService).generateUsers(config.users, config.seed);
    logger.info({ created, durationMs: duration_ms }, 'users generated');
  }
  try {
    await app.listen(config.port, config.host);
  } catch (cause) {
    await app.close();
    throw new ListenFailedError(config.host, config.port, { cause });
  }
  const instance = app.get(Instance);
  const url = baseUrl(config.host, app.getHttpServer().address());
  instance.setUrl(url);
  // Starts saving and sending only after the port is bound. Until then, another emulator may be listening on the port
  // and writing to the same state file.
  app.get(StateKeeper).start();
  app.get(WebhookDispatcher).start();
  if (!LOOPBACK.test(config.host)) logger.warn('not on loopback: anyone who reaches this port controls the emulator');
  logger.info({ url, issuer: instance.issuer, instanceId: instance.id }, 'listening');
  return { app, url };
}

/** Returns the URL for clients. When `host` is every interface, such as `0.0.0.0`, the URL has the loopback address. */
function baseUrl(host: string, address: string | { port: number } | null): string {
  const port = typeof address === 'object' ? address?.port : undefined;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
