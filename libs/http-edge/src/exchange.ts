import { type IncomingMessage } from 'node:http';
import { Arrival } from './arrival';
import { type ByteBudget } from './byte-budget';
import { type EdgeLimits } from './edge-limits';
import { type EdgeResponse } from './edge-response';
import { PROBLEM_TYPE, problemBody } from './problem';
import { BodyRead } from './read-body';
import { type Rejection, RequestRejectedError, bodyTooLarge } from './rejection';
import { type TrustedProxies } from './trusted-proxies';

/** What an exchange needs from its edge. */
export interface ExchangeEdge {
  readonly limits: EdgeLimits;
  readonly budget: ByteBudget;
  readonly proxies: TrustedProxies;
  /** Changes how a rejection is answered. */
  readonly answerAs: (rejection: Rejection) => Rejection;
  /** Called once for each rejected request, before the response is sent. */
  readonly rejected: (exchange: Exchange, rejection: Rejection) => void;
  /** Calls `endNow` of the exchange at the end of the turn. */
  readonly endSoon: (exchange: Exchange) => void;
  /** Called when the response is closed: it is complete, or its client is gone. */
  readonly closed: (exchange: Exchange) => void;
  /** Called once for each request, when its handler and its response have ended. */
  readonly ended: (exchange: Exchange) => void;
}

/**
 * A request and its response. A handler answers with `send`, `sendJson` or `reject`, or uses the raw request and
 * response, for streams in both directions.
 */
export class Exchange extends Arrival {
  private body: BodyRead | undefined;
  private rejection: Rejection | undefined;
  private keepAliveOnContinue: boolean | undefined;
  private hasTimeLimit = true;
  private open = 2;
  private hasEnded = false;
  /** Whether the connection is closed after the response. */
  private breaksOff = false;
  /** Last bytes of a response that is about to end; undefined unless one is. */
  private lastBytes: string | Buffer | undefined;
  /** Called once, when the response is complete or its client is gone. */
  whenOver: (() => void) | undefined;

  constructor(
    request: IncomingMessage,
    readonly response: EdgeResponse,
    /** Open exchanges of the connection, oldest first; this one among them. */
    readonly siblings: Set<Exchange>,
    private readonly edge: ExchangeEdge,
  ) {
    super(request, edge.proxies);
  }

  /** Whether the response has begun, or the request was rejected. */
  get answered(): boolean {
    return this.response.headersSent || this.rejection !== undefined;
  }

  /** Whether the response is complete, or its client gone. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Whether the request is not complete although its time is over. */
  get isLate(): boolean {
    return this.hasTimeLimit && !this.request.complete && this.elapsedMs > this.edge.limits.requestMs;
  }

  /** Lets the body arrive for longer than the limit of the edge: it is a stream. */
  liftTimeLimit(): void {
    this.hasTimeLimit = false;
  }

  /**
   * Reads the whole body. It counts against the budget of the edge until the handler's promise settles. Rejects a
   * declared length above the limit before it asks the client to send (`Expect: 100-continue`). At most one call.
   * @param holder whose bodies are counted together, such as the id of a user; without one, they have no share
   * @throws RequestRejectedError 413, 408, 400 `body_incomplete`, 503 when the budget or the holder's share is used up
   */
  async readBody(limitBytes: number, holder?: string): Promise<Buffer> {
    if (Number(this.request.headers['content-length'] ?? 0) > limitBytes) {
      throw new RequestRejectedError(bodyTooLarge(limitBytes));
    }
    this.continue();
    this.body = new BodyRead(this.request, limitBytes, this.edge.budget, holder);
    return this.body.bytes;
  }

  /** The body, when `readBody` has read all of it. */
  get receivedBody(): Buffer | undefined {
    return this.body?.whole;
  }

  /**
   * Asks a client that sent `Expect: 100-continue` for the body. `readBody` does it; a handler that reads the raw
   * request must do it. Without it, the connection is closed after the response, because the client may or may not
   * have sent the body.
   */
  continue(): void {
    if (this.keepAliveOnContinue === undefined) return;
    this.response.shouldKeepAlive = this.keepAliveOnContinue;
    this.keepAliveOnContinue = undefined;
    this.response.writeContinue();
  }

  /** Notes that the client waits for `100 Continue`. */
  awaitContinue(): void {
    this.keepAliveOnContinue = this.response.shouldKeepAlive;
    this.response.shouldKeepAlive = false;
  }

  /** Makes the response the last one of its connection. */
  closeAfter(): void {
    this.response.shouldKeepAlive = false;
    if (this.keepAliveOnContinue !== undefined) this.keepAliveOnContinue = false;
  }

  /** Closes the connection after the response, also if its head was sent and said that the connection stays open. */
  endConnection(): void {
    const { response, request } = this;
    this.closeAfter();
    if (!response.headersSent || this.breaksOff) return;
    this.breaksOff = true;
    response.once('finish', () => request.socket.destroySoon());
  }

  /** Sends a whole response. Does nothing when one was sent, or the client is gone. */
  send(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer = ''): void {
    const { response, request } = this;
    if (response.headersSent || response.destroyed) return;
    const list = ['x-request-id', this.id];
    for (const name in headers) list.push(name, headers[name] ?? '');
    const mayHaveBody = status !== 204 && status !== 304;
    if (mayHaveBody) list.push('Content-Length', String(Buffer.byteLength(body)));
    response.writeHead(status, list);
    this.end(mayHaveBody && request.method !== 'HEAD' ? body : '');
    this.discardRest();
  }

  /** Ends the response, whose headers were written, at the end of this turn of the event loop. */
  end(lastBytes: string | Buffer = ''): void {
    this.lastBytes = lastBytes;
    this.edge.endSoon(this);
  }

  /** Ends the response if it is about to end. */
  endNow(): void {
    const { lastBytes, response } = this;
    this.lastBytes = undefined;
    if (lastBytes !== undefined && !response.destroyed) response.endNow(lastBytes);
  }

  /** Sends a value as JSON. */
  sendJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.send(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(value));
  }

  /** Rejects the request with a problem. Does nothing when the response has begun. */
  reject(rejection: Rejection): void {
    if (this.answered) return;
    this.rejection = rejection;
    this.edge.rejected(this, rejection);
    this.logged ??= { reason: rejection.reason ?? rejection.code };
    const answered = this.edge.answerAs(rejection);
    this.send(answered.status, { 'Content-Type': PROBLEM_TYPE, ...answered.headers }, problemBody(answered, this.id));
  }

  /** Rejects a request that does not arrive as it should. A handler that reads the body gets the rejection. */
  failArrival(rejection: Rejection): void {
    // Responses that are about to end must be sent before the connection is closed: this one behind those before it.
    for (const sibling of this.siblings) sibling.endNow();
    this.closeAfter();
    if (this.body !== undefined) return this.body.fail(rejection);
    const { request, response } = this;
    // A handler that reads the raw request learns that no more comes. Node tells it only until the response is sent.
    const breakOff = () => request.destroy(new RequestRejectedError(rejection));
    if (response.headersSent && !response.writableEnded) return void breakOff();
    if (!this.breaksOff && (response.headersSent || request.readableFlowing !== null)) {
      this.breaksOff = true;
      response.once('finish', breakOff);
    }
    this.reject(rejection);
  }

  /**
   * Rejects a request whose handler failed. A response that has begun cannot be replaced: its connection is destroyed,
   * so that the client does not take it as whole.
   */
  failAnswer(rejection: Rejection): void {
    const { headersSent, writableEnded } = this.response;
    if (headersSent && !writableEnded && this.lastBytes === undefined) this.response.destroy();
    else this.reject(rejection);
  }

  /** Notes that the handler has ended. Gives the bytes of the body back to the budget. */
  handlerEnded(): void {
    this.body?.release();
    this.noteEnd();
  }

  /** Tells the edge that the response is closed. */
  responseClosed(): void {
    this.edge.closed(this);
  }

  /** Notes that the response is complete, or that its client is gone. */
  responseEnded(): void {
    this.hasEnded = true;
    this.whenOver?.();
    this.noteEnd();
  }

  private noteEnd(): void {
    this.open -= 1;
    if (this.open === 0) this.edge.ended(this);
  }

  /**
   * Discards the rest of the body for a moment and then closes the connection. A client that is disconnected at once may
   * not read the response.
   */
  discardRest(): void {
    const { request, edge } = this;
    if (request.complete || !declaresBody(request)) return;
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, edge.limits.lingerMs).unref();
    request.once('close', () => clearTimeout(timer));
  }
}

function declaresBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
