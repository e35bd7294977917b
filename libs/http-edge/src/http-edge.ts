import { type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, Server as TcpServer, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type Arrival } from './arrival';
import { clientAddress } from './client-address';
import { Connections } from './connections';
import { countedAddress } from './counted-address';
import { createStrictServer } from './create-strict-server';
import { type EdgeLimits, defaultEdgeLimits } from './edge-limits';
import { type DropReason, type EdgeHandler, type EdgeOptions } from './edge-options';
import { type EdgeRequest } from './edge-request';
import { type EdgeResponse } from './edge-response';
import { EndOfTurn } from './end-of-turn';
import { Exchange, type ExchangeEdge } from './exchange';
import { headFault } from './head-fault';
import { writeProblem } from './problem';
import { type Rejection, RequestRejectedError, rejections } from './rejection';
import { RequestLog } from './request-log';
import { TrustedProxies } from './trusted-proxies';
import { unreadableFault } from './unreadable';
import { Upgrade } from './upgrade';

/** Interval at which the edge looks for requests that have timed out; milliseconds. */
const TIMEOUT_CHECK_MS = 1_000;

/**
 * HTTP server on bare `node:http` for requests from outside: limits, request ids, problems, one log line per request,
 * and a shutdown that breaks no request.
 */
export class HttpEdge {
  /** The server, for one who listens by other means, such as Fastify's `serverFactory`. */
  readonly server: Server<typeof EdgeRequest, typeof EdgeResponse>;
  private readonly limits: EdgeLimits;
  private readonly proxies: TrustedProxies;
  private readonly connections = new Connections();
  private readonly endings = new EndOfTurn((exchange) => this.endNow(exchange));
  private readonly log: RequestLog;
  private readonly answerAs: (rejection: Rejection) => Rejection;
  private readonly ofExchanges: ExchangeEdge;
  private readonly shutdown = new AbortController();
  private readonly timeouts: NodeJS.Timeout | undefined;
  private isGraceOver = false;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly handler: EdgeHandler,
    private readonly options: EdgeOptions,
  ) {
    const limits = { ...defaultEdgeLimits, ...options.limits };
    this.limits = limits;
    this.proxies = new TrustedProxies(options.trustProxy);
    this.log = new RequestLog(options.logger);
    this.answerAs = options.answerAs ?? ((rejection) => rejection);
    this.ofExchanges = {
      limits,
      budget: options.budget,
      proxies: this.proxies,
      answerAs: this.answerAs,
      rejected: (exchange, rejection) => this.guard(() => handler.rejected?.(exchange, rejection), exchange),
      endSoon: (exchange) => this.endings.add(exchange),
      closed: (exchange) => this.end(exchange),
      ended: (exchange) => this.noteEnd(exchange),
    };
    this.server = createStrictServer(limits, (request) => this.mayUpgrade(request))
      // Without a listener, an error after the start, such as too many open files, would end the process.
      .on('error', (error) => options.logger.error({ err: error }, 'HTTP server failed'))
      .on('timeout', (socket: Socket) => this.closeIdle(socket))
      .on('connection', (socket: Socket) => this.accept(socket))
      .on('drop', () => this.noteDrop('limit', limits.connections))
      .on('request', (request, response) => this.begin(request, response))
      .on('checkContinue', (request, response) => this.begin(request, response, (exchange) => exchange.awaitContinue()))
      .on('checkExpectation', (request, response) =>
        this.begin(request, response, (exchange) => exchange.failArrival(rejections.expectation)),
      )
      .on('connect', (...event) => this.takeOver(...event).reject(this.answerAs(rejections.method)))
      .on('clientError', (error, socket) => this.rejectUnreadable(error, socket));
    if (handler.upgrade !== undefined) this.server.on('upgrade', (...event) => this.beginUpgrade(...event));
    if (limits.requestMs > 0) {
      const everyMs = Math.min(TIMEOUT_CHECK_MS, limits.requestMs);
      this.timeouts = setInterval(() => this.rejectLate(), everyMs).unref();
    }
  }

  /** Aborted when the shutdown begins; for handlers of long streams. */
  get draining(): AbortSignal {
    return this.shutdown.signal;
  }

  /** Starts listening. */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  /** URL at which the edge listens; useful when the system chose the port. */
  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /**
   * Stops listening, and answers what is open or arrives on open connections with `Connection: close`. Resolves when
   * every connection is closed; those that are still open after the time limits are destroyed.
   */
  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    const { server, connections, limits } = this;
    this.shutdown.abort();
    for (const exchange of connections.exchanges()) exchange.closeAfter();
    // `server.close()` would close idle connections at once, and with them requests that are on their way.
    TcpServer.prototype.close.call(server);
    await connections.ended(limits.graceMs);
    this.isGraceOver = true;
    connections.destroyIdle();
    await connections.ended(limits.drainMs);
    connections.destroy();
    // Not before: Node destroys each connection whose response has ended, although its client has yet to read the rest.
    server.close(ignore);
    clearInterval(this.timeouts);
  }

  private accept(socket: Socket): void {
    const { connections, limits, proxies } = this;
    const peer = clientAddress(socket.remoteAddress ?? '') ?? '';
    const address = proxies.trusts(peer) ? undefined : countedAddress(peer);
    const isCrowded = connections.size >= limits.connections / 2;
    if (address !== undefined && isCrowded && connections.sizeOf(address) >= limits.connectionsPerAddress) {
      this.noteDrop('address', limits.connectionsPerAddress);
      socket.destroy();
      return;
    }
    connections.add(socket, address, (ended) => this.end(ended));
  }

  private noteDrop(reason: DropReason, limit: number): void {
    this.guard(() => this.handler.dropped?.(reason));
    this.log.droppedConnection(reason, limit);
  }

  private begin(
    request: EdgeRequest,
    response: EdgeResponse<EdgeRequest>,
    prepare?: (exchange: Exchange) => void,
  ): void {
    const siblings = this.connections.exchangesOf(request.socket);
    const exchange = new Exchange(request, response, siblings, this.ofExchanges);
    request.exchange = exchange;
    siblings.add(exchange);
    response.on('close', responseClosed);
    if (this.draining.aborted) exchange.closeAfter();
    const fault =
      siblings.size > this.limits.pipelined ? rejections.overloaded : headFault(request, this.limits.headerCount);
    if (fault === undefined) prepare?.(exchange);
    else exchange.failArrival(fault);
    if (exchange.answered) exchange.handlerEnded();
    else if (this.options.withContext === undefined) this.run(exchange);
    else this.options.withContext(exchange.ids, () => this.run(exchange));
  }

  private run(exchange: Exchange): void {
    let handling: void | Promise<void> = undefined;
    try {
      handling = this.handler.handle(exchange);
    } catch (error) {
      this.fail(exchange, error);
    }
    if (handling === undefined) return exchange.handlerEnded();
    handling.catch((error: unknown) => this.fail(exchange, error)).finally(() => exchange.handlerEnded());
  }

  private fail(exchange: Exchange, error: unknown): void {
    const rejection = error instanceof RequestRejectedError ? error.rejection : this.explain(error);
    if (rejection === undefined) this.options.logger.error({ ...exchange.ids, err: error }, 'request failed');
    const answer = () => exchange.failAnswer(rejection ?? rejections.internal);
    if (!this.guard(answer, exchange)) exchange.response.destroy();
  }

  private explain(error: unknown): Rejection | undefined {
    let rejection: Rejection | undefined;
    this.guard(() => (rejection = this.handler.explain?.(error)));
    return rejection;
  }

  /** Runs a hook of the handler. What it throws is logged: it would end the process, because nobody else catches it. */
  private guard(hook: () => void, arrival?: Arrival): boolean {
    try {
      hook();
      return true;
    } catch (error) {
      this.options.logger.error({ ...arrival?.ids, err: error }, 'hook of the HTTP server failed');
      return false;
    }
  }

  private endNow(exchange: Exchange): void {
    if (!this.guard(() => exchange.endNow(), exchange)) exchange.response.destroy();
  }

  private end(exchange: Exchange): void {
    if (!exchange.siblings.delete(exchange)) return;
    exchange.responseEnded();
    // A response that began before the shutdown has no `Connection: close`.
    const { socket } = exchange.request;
    if (this.isGraceOver) setImmediate(() => this.connections.destroyIfIdle(socket));
  }

  private noteEnd(exchange: Exchange): void {
    if (this.handler.ended !== undefined) this.guard(() => this.handler.ended?.(exchange), exchange);
    this.log.ended(exchange);
  }

  /** Behind a request that is still open, a connection must not change its protocol: the response would go into it. */
  private mayUpgrade(request: IncomingMessage): boolean {
    const { handler, connections } = this;
    if (handler.upgrade === undefined || connections.exchangesOf(request.socket).size > 0) return false;
    let may = true;
    const isKnown = handler.mayUpgrade === undefined || this.guard(() => (may = handler.mayUpgrade?.(request) ?? true));
    return isKnown && may;
  }

  /**
   * Closes a connection without traffic, unless its client waits for the handler: it has sent a whole request and read
   * everything that was sent.
   */
  private closeIdle(socket: Socket): void {
    const exchanges = this.connections.exchangesOf(socket);
    const isWaiting = exchanges.size > 0 && [...exchanges].every(({ request }) => request.complete);
    if (!isWaiting || socket.writableLength > 0) socket.destroy();
  }

  private beginUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upgrade = this.takeOver(request, socket, head);
    const fault = this.draining.aborted ? rejections.overloaded : headFault(request, this.limits.headerCount);
    if (fault !== undefined) upgrade.reject(fault);
    else if (this.options.withContext === undefined) this.runUpgrade(upgrade);
    else this.options.withContext(upgrade.ids, () => this.runUpgrade(upgrade));
  }

  /** Takes over a connection from Node, which limits its time no longer. */
  private takeOver(request: IncomingMessage, socket: Duplex, head: Buffer): Upgrade {
    const upgrade = new Upgrade(request, socket, head, this.proxies);
    // Node takes its own listeners off this socket. Without one, an error would end the process.
    socket.on('error', ignore);
    // Logged after the handler has heard of the end.
    socket.once('close', () => queueMicrotask(() => this.log.upgraded(upgrade)));
    this.connections.noteUpgrade(request.socket);
    request.socket.setTimeout(0);
    return upgrade;
  }

  private runUpgrade(upgrade: Upgrade): void {
    const { socket } = upgrade.request;
    const before = socket.bytesWritten;
    if (this.guard(() => this.handler.upgrade?.(upgrade), upgrade)) return;
    // After the first bytes of a response, a problem would be read as a part of it.
    if (socket.bytesWritten === before) upgrade.reject(rejections.internal);
    else upgrade.socket.destroy();
  }

  private rejectLate(): void {
    for (const exchange of this.connections.exchanges()) if (exchange.isLate) exchange.failArrival(rejections.tooSlow);
  }

  /** Answers bytes that are no HTTP request, and requests that arrive too slowly or have too large headers. */
  private rejectUnreadable(error: Error & { readonly code?: string }, duplex: Duplex): void {
    const socket = duplex as Socket;
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const last = [...this.connections.exchangesOf(socket)].at(-1);
    if (last === undefined) return writeProblem(socket, this.answerAs(unreadableFault(error.code)));
    // The open requests before the fault are still answered, in their order, and nothing after it.
    if (last.request.complete) last.endConnection();
    else last.failArrival(error.code === 'HPE_INVALID_EOF_STATE' ? rejections.incomplete : unreadableFault(error.code));
  }
}

/** Listener of every response: a function for each would cost more. */
function responseClosed(this: EdgeResponse<EdgeRequest>): void {
  this.req.exchange?.responseClosed();
}

function ignore(): void {
  // An error of a connection that ends anyway.
}
