import {
  letGoAtShutdown,
  logRequests,
  refuseUnreadable,
  requestId,
  stripForwardedPorts,
} from '@gatehouse/observability';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply } from 'fastify';
import { type Logger } from 'pino';
import { answerTo, answerWithStatus } from '../problems/answer';
import { PROBLEM_TYPE, toProblem } from '../problems/problem';
import { type GatewayConfig } from '../config';
import { type RouteRegister } from '../access/route-register';
import { BODY_LIMIT_BYTES } from './body-limit';
import { allowOrigins } from './cors';
import { harden, hardening } from './harden';
import { readBodies } from './read-bodies';
import { requireHttps } from './require-https';

const HEADER_LIMIT_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const TIMEOUT_CHECK_MS = 5_000;
/** Longer than any answer is waited for. Whoever reads no answer would otherwise have it kept for ever. */
const STALLED_MS = 30_000;
/** Longer than the idle time of common load balancers, which must be the ones to close. */
const KEEP_ALIVE_MS = 65_000;
const MAX_REQUESTS_PER_SOCKET = 10_000;
const MAX_PARAMETER_LENGTH = 256;

/** Fastify as the gateway needs it: JSON alone, bounds on size and time, one request id, every route watched. */
export function createFastifyAdapter(config: GatewayConfig, logger: Logger, routes: RouteRegister): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    http: {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: STALLED_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: MAX_REQUESTS_PER_SOCKET,
    // One slash at the end of a path makes no difference, to any route; two of them, or two in the middle, are no path.
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH, ignoreTrailingSlash: true },
    trustProxy: config.trustProxy,
    genReqId: requestId,
    // What comes on open connections during a shutdown is served; new connections are not accepted.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable(answerWithStatus),
    // Bad escapes and over-long parameters: found by the router, before any hook.
    frameworkErrors: (error: unknown, request: { readonly id: string }, reply: FastifyReply) => {
      const answer = answerTo(error);
      void reply
        .status(answer.status)
        .headers({ ...hardening, 'x-request-id': request.id })
        .type(PROBLEM_TYPE)
        .send(Buffer.from(JSON.stringify(toProblem(answer, request.id))));
    },
  });
  const server = adapter.getInstance();
  routes.watch(server);
  server.decorateRequest('caller', undefined);
  server.decorateRequest('clerkCaller', undefined);
  server.decorateRequest('signedOut', undefined);
  readBodies(server);
  stripForwardedPorts(server);
  logRequests(server, logger);
  letGoAtShutdown(server);
  harden(server);
  if (config.requireHttps) requireHttps(server);
  allowOrigins(server, config, logger);
  return adapter;
}
