import { type Problem } from '@gatehouse/contracts';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { drainConnectionsOnShutdown } from './drain-connections';
import { stripForwardedPorts } from './forwarded-addresses';
import { logRequests, requestId } from './http-logging';
import { rejectUnreadable } from './reject-unreadable';

const REQUEST_TIMEOUT_MS = 15_000;
/** Time after which a connection without traffic is closed; longer than any request takes. */
const STALLED_MS = 30_000;

/**
 * Fastify options for services that receive HTTP requests from outside: api-gateway and webhook-ingest. `describe`
 * returns code and detail of the responses with status 400, 408 or 431.
 */
export function edgeServerOptions(
  trustProxy: boolean | string[],
  describe: (status: number) => Pick<Problem, 'code' | 'detail'>,
) {
  return {
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: STALLED_MS,
    trustProxy,
    genReqId: requestId,
    // During a shutdown, requests on open connections are still served.
    return503OnClosing: false,
    clientErrorHandler: rejectUnreadable(describe),
    // One trailing slash is ignored on every route; repeated slashes are 404.
    routerOptions: { ignoreTrailingSlash: true },
  };
}

/**
 * Adds hooks for services that receive HTTP requests from outside. They remove ports from client addresses, log each
 * request, and drain the connections at shutdown.
 */
export function prepareEdgeServer(server: FastifyInstance, logger: Logger): void {
  stripForwardedPorts(server);
  logRequests(server, logger);
  drainConnectionsOnShutdown(server);
}
