import { type IncomingMessage } from 'node:http';
import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply } from 'fastify';
import { type Logger } from 'pino';
import { type RouteRegister } from '../access/route-register';
import { type GatewayConfig } from '../config';
import { errorResponse } from '../problems/error-response';
import { toProblem } from '../problems/problem';
import { securityHeaders } from '../problems/security-headers';
import { allowOrigins } from './cors';
import { fenceConsole } from './fence-console';
import { stripForwardedPorts } from './forwarded-addresses';
import { type GatewayEdge } from './gateway-edge';
import { harden } from './harden';
import { noteRequests, requiredExchange } from './note-requests';
import { BODY_LIMIT_BYTES, readBodies } from './read-bodies';
import { requireHttps } from './require-https';

const MAX_PARAMETER_LENGTH = 256;

/**
 * Creates Fastify for the gateway: strict JSON only, guarded routes. The edge in front of it limits sizes and times, makes
 * request ids, logs requests, and drains connections at shutdown.
 */
export function createFastifyAdapter(
  config: GatewayConfig,
  edge: GatewayEdge,
  logger: Logger,
  routes: RouteRegister,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    serverFactory: (nest: Parameters<GatewayEdge['serve']>[0]) => edge.serve(nest),
    bodyLimit: BODY_LIMIT_BYTES,
    // By default, Fastify fails when a hook takes 10 s. The edge may drain for longer.
    pluginTimeout: 0,
    trustProxy: config.trustProxy,
    // The edge answers what is no HTTP.
    clientErrorHandler: () => undefined,
    genReqId: (request: IncomingMessage) => requiredExchange(request).id,
    // During a shutdown, requests on open connections are still served.
    return503OnClosing: false,
    // One trailing slash is ignored on every route; repeated slashes are 404.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
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
  stripForwardedPorts(server);
  noteRequests(server);
  server.addHook('preClose', () => edge.close());
  harden(server);
  if (config.requireHttps) requireHttps(server);
  if (config.console !== undefined) fenceConsole(server, config.console);
  allowOrigins(server, config, logger);
  return adapter;
}
