import { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type Dispatcher } from 'undici';
import { ClientGoneError, UpstreamFailedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../errors';
import { type RateHeaders } from '../../limits/rate-headers';
import { responseHeaders, responseTrailers } from './response-headers';
import { type StreamedUpload } from './streamed-upload';

/** A request for an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | StreamedUpload | null;
  /** Time until the response must begin, and longest pause within it; milliseconds. */
  readonly timeoutMs: number;
}

/** Methods that change nothing, so a request may be sent twice. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Errors of a connection that the upstream closed while it was idle, which it may do at any time. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/**
 * Sends one request to an upstream and its response to the client. States:
 * - `waiting`: for a connection. Goes to `sent`, or to `over` if none opens.
 * - `sent`: the upstream may have the request. Goes to `answering`, to `over`, or once back to `waiting` if an idle
 *   connection was closed under a request that may be sent twice.
 * - `answering`: the head of the response was sent to the client. Goes to `over`.
 * - `over`: the response is complete, failed, or its client is gone.
 */
export class Forward implements Dispatcher.DispatchHandler {
  private state: 'waiting' | 'sent' | 'answering' | 'over' = 'waiting';
  private controller: Dispatcher.DispatchController | undefined;
  private mayRepeat: boolean;
  private isListening = false;
  /** Bytes of the body that are still to come; undefined if the upstream declared no length. */
  private left: number | undefined;

  /**
   * @param ended called once, with the reason if no response was sent, or only a part of one
   */
  constructor(
    private readonly exchange: Exchange,
    private readonly dispatcher: Dispatcher,
    private readonly request: UpstreamRequest,
    private readonly rateHeaders: RateHeaders | undefined,
    private readonly ended: (error?: unknown) => void,
  ) {
    this.mayRepeat = SAFE.has(request.method) && request.body === null;
  }

  /** Sends the request. */
  send(): void {
    const { method, path, headers, body, timeoutMs } = this.request;
    this.state = 'waiting';
    this.dispatcher.dispatch({ method, path, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }, this);
  }

  /** Gives the request up: its client is gone. Does nothing when the response is complete. */
  abandon(): void {
    if (this.state === 'over') return;
    const error = new ClientGoneError();
    this.end(error);
    this.controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.state === 'over') controller.abort(new ClientGoneError());
    else this.state = 'sent';
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 and the like are not passed on.
    if (status < 200 || this.state === 'over') return;
    const { exchange, rateHeaders, request } = this;
    const length = headers['content-length'];
    const mayHaveBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.left = length === undefined || !mayHaveBody ? undefined : Number(length);
    const mayHaveTrailers = mayHaveBody && length === undefined && exchange.request.httpVersionMinor > 0;
    const context = { requestId: exchange.id, status, mayHaveTrailers, rateHeaders };
    // Node takes a flat list, although its type does not say so for values that are lists.
    exchange.response.writeHead(status, responseHeaders(headers, context) as unknown as OutgoingHttpHeaders);
    this.state = 'answering';
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state !== 'answering') return;
    const { response } = this.exchange;
    if (this.left !== undefined) {
      this.left -= chunk.length;
      // One call of `end` costs less than `write` and `end`.
      if (this.left === 0) return this.complete(chunk);
    }
    if (response.write(chunk)) return;
    controller.pause();
    if (this.isListening) return;
    this.isListening = true;
    response.on('drain', () => this.controller?.resume());
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.state !== 'answering') return;
    const { response } = this.exchange;
    const list = responseTrailers(trailers);
    if (list !== undefined && response.chunkedEncoding) response.addTrailers(list);
    this.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.state === 'over') return;
    const code = 'code' in error ? String(error.code) : '';
    if (this.state === 'sent' && this.mayRepeat && CLOSED.has(code)) {
      this.mayRepeat = false;
      return this.send();
    }
    this.end(this.reasonOf(error, code));
  }

  private complete(chunk?: Buffer): void {
    const { response, request } = this.exchange;
    if (chunk === undefined) response.end();
    else response.end(chunk);
    if (!request.complete) {
      request.resume();
      this.exchange.discardRest();
    }
    this.end();
  }

  private end(error?: unknown): void {
    this.state = 'over';
    const { body } = this.request;
    if (body !== null && 'fault' in body) body.destroy();
    this.ended(error);
  }

  private reasonOf(error: Error, code: string): unknown {
    const { body } = this.request;
    if (body !== null && 'fault' in body && body.fault !== undefined) return body.fault;
    if (TIMEOUTS.has(code)) return new UpstreamTimeoutError({ cause: error });
    if (this.state === 'waiting') return new UpstreamUnreachableError({ cause: error });
    return new UpstreamFailedError({ cause: error });
  }
}
