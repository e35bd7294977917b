import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type EdgeLimits } from './edge-limits';
import { EdgeRequest } from './edge-request';
import { EdgeResponse } from './edge-response';

/** Interval at which Node looks for headers that have timed out; milliseconds. */
const TIMEOUT_CHECK_MS = 1_000;

/**
 * Creates the server with the strict parser and the limits that Node itself enforces.
 * @param mayUpgrade whether a request for a WebSocket is handed over as an upgrade
 */
export function createStrictServer(
  limits: EdgeLimits,
  mayUpgrade: (request: IncomingMessage) => boolean,
): Server<typeof EdgeRequest, typeof EdgeResponse> {
  const server = createServer({
    IncomingMessage: EdgeRequest,
    ServerResponse: EdgeResponse,
    insecureHTTPParser: false,
    // `headFault` checks more, and answers with a problem.
    requireHostHeader: false,
    rejectNonStandardBodyWrites: true,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // The edge limits the time of requests itself, because streams have no limit.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, limits.headersMs),
    // Other protocols than WebSocket, such as h2c, are ignored: the request is answered by HTTP/1.1.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket' && mayUpgrade(request),
  });
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  // Node would drop further headers without a word; `headFault` rejects them.
  server.maxHeadersCount = 0;
  return server;
}
