import { type IncomingMessage } from 'node:http';
import { cameOverHttps, edgeServerOptions, prepareEdgeServer } from '@gatehouse/observability';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type WebhookIngestConfig } from '../config';
import { DeliveryRejectedError } from '../errors';
import { BODY_LIMIT_BYTES, type BodyReader } from './body-reader';
import { checkHead } from './check-head';
import { problemCode } from './problem.filter';

/** Maximum time for the headers to arrive: after 15 s Clerk stops waiting for the response. */
const HEADERS_TIMEOUT_MS = 15_000;
/** Interval at which Node looks for requests that have timed out. */
const TIMEOUT_CHECK_MS = 1_000;
/**
 * Longer than the idle timeout of common load balancers, so that the load balancer and not this server closes idle
 * connections.
 */
const KEEP_ALIVE_MS = 75_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Tells `BodyReader` that the body no longer counts as bytes in memory. */
    releaseBody?: (() => void) | undefined;
  }
}

/**
 * Creates the Fastify adapter, with time limits, request ids, logging, drain at shutdown and checks of request heads.
 */
export function createFastifyAdapter(http: WebhookIngestConfig['http'], logger: Logger): FastifyAdapter {
  const adapter = new FastifyAdapter({
    ...edgeServerOptions(http.trustProxy, (status) => ({ code: problemCode(status) })),
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
  });
  const server = adapter.getInstance();
  prepareEdgeServer(server, logger);
  rejectByHead(server, http.requireHttps);
  return adapter;
}

/** Rejects requests with an invalid head before their body is read. */
function rejectByHead(server: FastifyInstance, requireHttps: boolean): void {
  server.addHook('onRequest', (request, _reply, done) => {
    try {
      if (requireHttps && !cameOverHttps(request)) {
        throw new DeliveryRejectedError(403, 'https_required', 'Webhooks are accepted over HTTPS only.');
      }
      const { method, url, headers, raw } = request;
      checkHead({ method, url, headers, rawHeaders: raw.rawHeaders });
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Makes `request.body` the bytes as they were sent, because the signature covers these bytes. */
export function readRawBodies(server: FastifyInstance, reader: BodyReader): void {
  server.removeAllContentTypeParsers();
  server.decorateRequest('releaseBody');
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const { bytes, release } = await reader.read(payload);
    request.releaseBody = release;
    return bytes;
  });
}
