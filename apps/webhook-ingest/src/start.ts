import { createEnvelopeVerifier } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import {
  NestLogger,
  armFailpoints,
  createLogger,
  letGoAtShutdown,
  logRequests,
  refuseUnreadable,
  requestId,
  stripForwardedPorts,
} from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type Config } from './config';
import { codeOf } from './receive-webhook/problem.filter';
import { SERVICE_NAME } from './tokens';

/** Clerk's largest payload. */
const BODY_LIMIT = 1024 * 1024;
/** Clerk gives up after 15 s. */
const REQUEST_TIMEOUT_MS = 15_000;
const IDLE_SOCKET_MS = 30_000;
/** Longer than the idle time of common load balancers, so that it is they who close. */
const KEEP_ALIVE_MS = 75_000;

/** Boots the service and listens; tests boot it the same way. Waits for the database, but not for NATS. */
export async function start(
  config: Config,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<NestFastifyApplication> {
  if (config.failpoints.length > 0) {
    logger.warn({ failpoints: config.failpoints }, 'failpoints are armed: this service will kill itself');
    armFailpoints(config.failpoints);
  }
  const app = await createApp(config, logger);
  try {
    await app.startAllMicroservices();
    await app.listen(config.http.port, config.http.host);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function createApp(config: Config, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: requestId,
    bodyLimit: BODY_LIMIT,
    trustProxy: config.http.trustProxy,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_SOCKET_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // What comes on open connections during a shutdown is taken like any other delivery.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable((status) => ({ code: codeOf(status) })),
    http: { headersTimeout: REQUEST_TIMEOUT_MS },
  });
  const server = adapter.getInstance<FastifyInstance>();
  stripForwardedPorts(server);
  logRequests(server, logger);
  keepRawBodies(server);
  letGoAtShutdown(server);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, logger), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const nats = app.get(NatsClient);
  app.connectMicroservice({
    strategy: new JetStreamServer(nats, app.get(JetStream), inboxPrefix(SERVICE_NAME), logger, {
      ackWaitMs: config.nats.ackWaitMs,
    }),
  });
  app.connectMicroservice({
    strategy: new RequestServer(nats, SERVICE_NAME, createEnvelopeVerifier(config.envelopePublicKey), logger),
  });
  return app;
}

/** JSON is kept as the bytes that came, for they are what is signed; every other type is 415. */
function keepRawBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}
