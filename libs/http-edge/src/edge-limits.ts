/** Limits of an edge. Durations are milliseconds. */
export interface EdgeLimits {
  /** Maximum size of the request line and all headers together; bytes. Above it the answer is 431. */
  readonly headerBytes: number;
  /** Maximum number of headers of a request. Above it the answer is 431. */
  readonly headerCount: number;
  /** Maximum time for the headers of a request to arrive. Afterwards the answer is 408. */
  readonly headersMs: number;
  /** Maximum time for a whole request to arrive, unless it is a stream. Afterwards the answer is 408. `0`: no limit. */
  readonly requestMs: number;
  /**
   * Time after which a connection without traffic is closed while its client has yet to send the rest of a request, or to
   * read what was sent. `0`: no limit.
   */
  readonly idleMs: number;
  /**
   * Time after which a connection without a request is closed. Longer than the idle timeout of common load balancers,
   * so that the load balancer and not the edge closes idle connections.
   */
  readonly keepAliveMs: number;
  /** Maximum number of open connections. More are closed at once. */
  readonly connections: number;
  /**
   * Maximum number of connections of one address, while more than half of `connections` are open. More are closed at
   * once. Trusted proxies have no such limit.
   */
  readonly connectionsPerAddress: number;
  /** Maximum number of open requests on one connection (pipelining). Above it the answer is 503. */
  readonly pipelined: number;
  /** Time during which the rest of a rejected body is discarded. Then the connection is closed. */
  readonly lingerMs: number;
  /**
   * Time at shutdown during which idle connections stay open: a request may already be on its way. It is answered, with
   * `Connection: close`.
   */
  readonly graceMs: number;
  /** Time that open requests have to finish at shutdown. Then their connections are destroyed. */
  readonly drainMs: number;
}

/** Limits of an edge that sets none. */
export const defaultEdgeLimits: EdgeLimits = {
  headerBytes: 16 * 1_024,
  headerCount: 100,
  headersMs: 15_000,
  requestMs: 15_000,
  idleMs: 30_000,
  keepAliveMs: 75_000,
  connections: 20_000,
  connectionsPerAddress: 1_000,
  pipelined: 16,
  lingerMs: 1_000,
  graceMs: 500,
  drainMs: 15_000,
};
