import { type IncomingMessage } from 'node:http';
import { createEnvelopeVerifier } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { JetStream, JetStreamServer, NatsClient, RequestServer } from '@gatehouse/messaging';
import {
  NestLogger,
  armFailpoints,
  cameOverHttps,
  createLogger,
  drainConnectionsOnShutdown,
  logRequests,
  rejectUnreadable,
  requestId,
  stripForwardedPorts,
} from '@gatehouse/observability';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type Config } from './config';
import { DeliveryRefusedError } from './errors';
import { BODY_LIMIT } from './receive-webhook/body-limit';
import { BodyReader } from './receive-webhook/body-reader';
import { judgeHead } from './receive-webhook/judge-head';
import { codeOf } from './receive-webhook/problem.filter';
import { SERVICE_NAME } from './tokens';

/** Clerk gives up after 15 s. */
const REQUEST_TIMEOUT_MS = 15_000;
const IDLE_SOCKET_MS = 30_000;
/** How often Node looks for requests that have timed out. */
const TIMEOUT_CHECK_MS = 1_000;
/** Longer than the idle time of common load balancers, so that it is they who close. */
const KEEP_ALIVE_MS = 75_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives the bytes of the body back to the bound on all of them. */
    releaseBody?: (() => void) | undefined;
  }
}

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
    clientErrorHandler: rejectUnreadable((status) => ({ code: codeOf(status) })),
    routerOptions: { ignoreTrailingSlash: true },
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
  });
  const server = adapter.getInstance<FastifyInstance>();
  stripForwardedPorts(server);
  logRequests(server, logger);
  judgeHeads(server, config);
  drainConnectionsOnShutdown(server);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, logger), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  keepRawBodies(server, app.get(BodyReader));
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

/** Refuses what the head of a request condemns, before its body is read. */
function judgeHeads(server: FastifyInstance, config: Config): void {
  server.addHook('onRequest', (request, _reply, done) => {
    try {
      if (config.http.requireHttps && !cameOverHttps(request)) {
        throw new DeliveryRefusedError(403, 'https_required', 'Webhooks are taken over HTTPS only.');
      }
      const { method, url, headers, raw } = request;
      judgeHead({ method, url, headers, rawHeaders: raw.rawHeaders });
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Bodies are kept as the bytes that came, for they are what is signed. */
function keepRawBodies(server: FastifyInstance, reader: BodyReader): void {
  server.removeAllContentTypeParsers();
  server.decorateRequest('releaseBody');
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const { bytes, release } = await reader.read(payload);
    request.releaseBody = release;
    return bytes;
  });
}
