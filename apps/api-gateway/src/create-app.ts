import { NestLogger, createLogger } from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AccessGuard } from './access/access.guard';
import { RouteRegister } from './access/route-register';
import { AppModule } from './app.module';
import { type GatewayConfig } from './config';
import { ApiDocument } from './docs/api-document';
import { ForwardAuthServer } from './gate/forward-auth/forward-auth-server';
import { UpstreamProxy } from './gate/proxy/upstream-proxy';
import { WebSocketProxy } from './gate/websocket/websocket-proxy';
import { createFastifyAdapter } from './http/fastify-adapter';
import { GatewayEdge } from './http/gateway-edge';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { measureRequests } from './metrics/measure-requests';
import { SERVICE_NAME } from './tokens';
import { type MonotonicClock, steadyClock } from './trust/steady-clock';

/**
 * Assembles the gateway without listening. `clock` measures the gateway lease and the time since the last message of
 * user-sync; tests pass their own clock.
 * @throws RouteUndeclaredError, InputUncheckedError if the declaration of a route is incomplete
 */
export async function createApp(
  config: GatewayConfig,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
  clock: MonotonicClock = steadyClock(),
): Promise<NestFastifyApplication> {
  const routes = new RouteRegister();
  const edge = new GatewayEdge(config, logger);
  const adapter = createFastifyAdapter(config, edge, logger, routes);
  // At the same time: together, they have the time that one has.
  const drain = async () => void (await Promise.all([edge.close(), app.get(ForwardAuthServer).close()]));
  const module = AppModule.forRoot(config, logger, routes, clock, drain);
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  routes.guardBy(app.get(AccessGuard));
  edge.guardBy(app.get(UpstreamProxy), app.get(WebSocketProxy));
  edge.measureBy(app.get(GatewayMetrics));
  measureRequests(adapter.getInstance(), app.get(GatewayMetrics));
  app.get(ApiDocument).describe(app);
  return app;
}
