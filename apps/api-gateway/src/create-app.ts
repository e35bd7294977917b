import { NestLogger, createLogger } from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type GatewayConfig } from './config';
import { AccessGuard } from './access/access.guard';
import { RouteRegister } from './access/route-register';
import { type MonotonicClock, steadyClock } from './trust/steady-clock';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { measureRequests } from './metrics/measure-requests';
import { ApiDocument } from './docs/api-document';
import { createFastifyAdapter } from './http/fastify-adapter';

/**
 * The gateway, assembled and not yet listening; by `clock` it knows how long it may believe what it remembers. Throws RouteUndeclaredError when a route
 * lacks its declaration.
 */
export async function createApp(
  config: GatewayConfig,
  logger: Logger = createLogger({ service: 'api-gateway', level: config.logLevel }),
  clock: MonotonicClock = steadyClock(),
): Promise<NestFastifyApplication> {
  const routes = new RouteRegister();
  const adapter = createFastifyAdapter(config, logger, routes);
  const module = AppModule.forRoot(config, logger, routes, clock);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  routes.guardBy(app.get(AccessGuard));
  measureRequests(adapter.getInstance(), app.get(GatewayMetrics));
  app.get(ApiDocument).describe(app, config.publicUrl);
  return app;
}
