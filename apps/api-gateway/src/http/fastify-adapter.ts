import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { edgeServerOptions, prepareEdgeServer } from '@gatehouse/observability';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply } from 'fastify';
import { type Logger } from 'pino';
import { type RouteRegister } from '../access/route-register';
import { type GatewayConfig } from '../config';
import { errorResponse, statusResponse } from '../problems/error-response';
import { toProblem } from '../problems/problem';
import { allowOrigins } from './cors';
import { harden, securityHeaders } from './harden';
import { BODY_LIMIT_BYTES, readBodies } from './read-bodies';
import { requireHttps } from './require-https';

const HEADER_LIMIT_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 5_000;
/** Idle timeout of connections; longer than that of common load balancers, so that the load balancer closes first. */
const KEEP_ALIVE_MS = 65_000;
const MAX_REQUESTS_PER_SOCKET = 10_000;
const MAX_PARAMETER_LENGTH = 256;

/** Creates Fastify for the gateway: strict JSON only, bounded sizes and times, request ids, guarded routes. */
export function createFastifyAdapter(config: GatewayConfig, logger: Logger, routes: RouteRegister): FastifyAdapter {
  const shared = edgeServerOptions(config.trustProxy, statusResponse);
  const adapter = new FastifyAdapter({
    ...shared,
    bodyLimit: BODY_LIMIT_BYTES,
    http: {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: MAX_REQUESTS_PER_SOCKET,
    routerOptions: { ...shared.routerOptions, maxParamLength: MAX_PARAMETER_LENGTH },
    // The router rejects invalid escapes and long parameters before any hook runs, so this function sets the headers
    // that hooks set otherwise.
    frameworkErrors: (error: unknown, request: { readonly id: string }, reply: FastifyReply) => {
      const response = errorResponse(error);
      void reply
        .status(response.status)
        .headers({ ...securityHeaders, 'x-request-id': request.id })
        .type(PROBLEM_TYPE)
        .send(Buffer.from(JSON.stringify(toProblem(response, request.id))));
    },
  });
  const server = adapter.getInstance();
  routes.watch(server);
  server.decorateRequest('rawHeaders', {
    getter() {
      return this.raw.rawHeaders;
    },
  });
  server.decorateRequest('caller', undefined);
  server.decorateRequest('clerkCaller', undefined);
  server.decorateRequest('signedOut', undefined);
  readBodies(server);
  prepareEdgeServer(server, logger);
  harden(server);
  if (config.requireHttps) requireHttps(server);
  allowOrigins(server, config, logger);
  return adapter;
}
