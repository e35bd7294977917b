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
 * Fastify options that all services for clients share. `describe` returns code and detail for the statuses 400, 408 and
 * 431.
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

/** Adds what all services for clients share: addresses without ports, a log line per request, drain at shutdown. */
export function prepareEdgeServer(server: FastifyInstance, logger: Logger): void {
  stripForwardedPorts(server);
  logRequests(server, logger);
  drainConnectionsOnShutdown(server);
}
