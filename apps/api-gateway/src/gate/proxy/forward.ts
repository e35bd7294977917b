import { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type Dispatcher } from 'undici';
import { type Caller } from '../../caller/caller';
import {
  ClientGoneError,
  RequestWithdrawnError,
  StreamsUnavailableError,
  UpstreamFailedError,
  UpstreamTimeoutError,
} from '../../upstream-errors';
import { type OpenStream, type StreamPermit, type StreamPipe } from '../open-streams/open-stream';
import { ConfirmedHeaders } from '../open-streams/confirmed-headers';
import { type OpenStreams } from '../open-streams/open-streams';
import { type GateEnd, type StreamEnd, isGateEnd } from '../open-streams/stream-end';
import { type ResponseContext, isEventStream, responseHeaders, responseTrailers } from './response-headers';
import { type StreamedUpload } from './streamed-upload';
import { upstreamError } from './upstream-error';
import { type UpstreamTurn } from './upstream-pool';

/** A request for an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Headers with the identity of the caller. */
  readonly headers: string[];
  /** Makes the headers again, for a caller whose role or tier may have changed. */
  readonly headersOf: (caller: Caller | undefined) => string[];
  readonly body: Buffer | StreamedUpload | null;
  /** Time until the response must begin, and longest pause within it; milliseconds. */
  readonly timeoutMs: number;
}

/** Methods that change nothing, so a request may be sent twice. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Errors of a connection that the upstream closed while it was idle, which it may do at any time. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Longest pause within a stream of events, if the upstream has no longer one; milliseconds. */
const EVENTS_PAUSE_MS = 60_000;

/**
 * Sends one request to an upstream and its response to the client. States:
 * - `waiting`: for its turn, and then for a connection. Goes to `sent`, or to `over` if that takes too long, or if the
 *   caller is revoked meanwhile: it is confirmed again directly before the first byte is sent.
 * - `sent`: the upstream may have the request. Goes to `answering`, to `over`, or once back to `waiting` if an idle
 *   connection was closed under a request that may be sent twice.
 * - `answering`: the head of the response has come. Goes to `over`.
 * - `over`: the response is complete, failed, or its client is gone.
 */
export class Forward implements Dispatcher.DispatchHandler, StreamPipe {
  private state: 'waiting' | 'sent' | 'answering' | 'over' = 'waiting';
  private controller: Dispatcher.DispatchController | undefined;
  private mayRepeat: boolean;
  private readonly headers: ConfirmedHeaders;
  private isListening = false;
  /** Bytes of the body that are still to come; undefined if the upstream declared no length. */
  private left: number | undefined;
  /** Bytes of the body that have come. */
  private bytes = 0;
  /** Set while the response is open. */
  private stream: OpenStream | undefined;
  /** Whether the body waits until it is known whether the caller is still trusted. */
  private isHeld = false;
  /** Sends the head of a response that has come after `hold`. */
  private sendHead: (() => void) | undefined;
  /** What has come after `hold`: undici delivers one more chunk, and more if the upstream resets the connection. */
  private kept: Buffer | undefined;
  /** Trailers of a response that has ended after `hold`. */
  private keptEnd: IncomingHttpHeaders | undefined;
  /** Time without a byte from the upstream; milliseconds. */
  private quietMs = 0;

  /**
   * @param added what the gate adds to the response
   * @param ended called once, with the reason if no response was sent, or only a part of one
   */
  constructor(
    private readonly exchange: Exchange,
    private readonly turn: UpstreamTurn,
    private readonly request: UpstreamRequest,
    private readonly added: Pick<ResponseContext, 'rateHeaders' | 'cors'>,
    private readonly permit: StreamPermit,
    private readonly streams: OpenStreams,
    private readonly ended: (error?: unknown) => void,
  ) {
    this.mayRepeat = SAFE.has(request.method) && request.body === null;
    this.headers = new ConfirmedHeaders(permit, streams, request.headers, request.headersOf);
  }

  /** Sends the request when its turn comes. */
  send(): void {
    this.turn.begin(
      () => this.sendNow(),
      (error) => this.end(error),
    );
  }

  /** Gives the request up: its client is gone. Does nothing when the response is complete. */
  abandon(): void {
    if (this.state === 'over') return;
    const error = new ClientGoneError();
    this.end(error, 'client');
    this.controller?.abort(error);
  }

  hold(): void {
    this.isHeld = true;
    this.controller?.pause();
  }

  release(): void {
    const { sendHead, kept, keptEnd, controller } = this;
    this.isHeld = false;
    this.sendHead = undefined;
    this.kept = undefined;
    if (controller === undefined) return;
    try {
      sendHead?.();
    } catch (error) {
      this.end(new UpstreamFailedError({ cause: error }));
      return controller.abort(new ClientGoneError());
    }
    if (kept !== undefined) this.onResponseData(controller, kept);
    if (keptEnd !== undefined) this.onResponseEnd(controller, keptEnd);
    else if (!this.exchange.response.writableNeedDrain) controller.resume();
  }

  close(reason: GateEnd, refusal?: unknown): void {
    if (this.state === 'over') return;
    const { response } = this.exchange;
    const isEvents = this.stream?.kind === 'event_stream';
    // Without its head, which is held, a stream of events would end as an empty response with status 200.
    const told = refusal ?? (isEvents ? new StreamsUnavailableError() : undefined);
    const mayRefuse = told !== undefined && !response.headersSent;
    this.end(mayRefuse ? told : undefined, reason);
    this.controller?.abort(new ClientGoneError());
    if (mayRefuse) return;
    // A stream of events may end at any time. Another response must not look complete.
    if (isEvents) response.end();
    else response.destroy();
  }

  tick(ms: number): void {
    if (this.state !== 'answering' || this.controller?.paused === true) return;
    // Node sends the head with the first bytes of the body, which may take long.
    if (this.bytes === 0 && this.quietMs === 0) this.exchange.response.flushHeaders();
    this.quietMs += ms;
    const { timeoutMs } = this.request;
    const limitMs = this.stream?.kind === 'event_stream' ? Math.max(timeoutMs, EVENTS_PAUSE_MS) : timeoutMs;
    if (this.quietMs <= limitMs) return;
    this.end(new UpstreamTimeoutError());
    this.controller?.abort(new ClientGoneError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.state !== 'over' && !this.headers.stand) {
      // The caller may have been revoked while the connection opened. undici writes nothing, and keeps the connection.
      queueMicrotask(() => this.sendNow());
      throw new RequestWithdrawnError();
    }
    this.controller = controller;
    if (this.state === 'over') controller.abort(new ClientGoneError());
    else this.state = 'sent';
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 and the like are not passed on.
    if (status < 200 || this.state === 'over') return;
    const { exchange, added, request } = this;
    const length = headers['content-length'];
    const mayHaveBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.left = length === undefined || !mayHaveBody ? undefined : Number(length);
    const mayHaveTrailers = mayHaveBody && length === undefined && exchange.request.httpVersionMinor > 0;
    const isPrivate = this.permit.caller !== undefined;
    const context = { requestId: exchange.id, status, mayHaveTrailers, isPrivate, ...added };
    const list = responseHeaders(headers, context);
    this.stream = this.streams.open(this.permit, this);
    const isEvents = mayHaveBody && isEventStream(headers);
    if (isEvents) {
      try {
        this.streams.admit(this.stream, 'event_stream');
      } catch (error) {
        this.end(error);
        return controller.abort(new ClientGoneError());
      }
      this.turn.becomeStream();
      // nginx in front of the gateway reads it.
      if (headers['x-accel-buffering'] === undefined) list.push('x-accel-buffering', 'no');
    }
    this.state = 'answering';
    if (this.isHeld) this.sendHead = () => this.writeHead(status, list);
    else this.writeHead(status, list);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state !== 'answering') return;
    this.quietMs = 0;
    if (this.isHeld) {
      this.kept = this.kept === undefined ? chunk : Buffer.concat([this.kept, chunk]);
      return controller.pause();
    }
    const { response } = this.exchange;
    this.bytes += chunk.length;
    if (this.left !== undefined) {
      this.left -= chunk.length;
      // One call of `end` costs less than `write` and `end`.
      if (this.left === 0) return this.complete(chunk);
    }
    if (response.write(chunk)) return;
    controller.pause();
    if (this.isListening) return;
    this.isListening = true;
    response.on('drain', () => {
      if (!this.isHeld) this.controller?.resume();
    });
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.state !== 'answering') return;
    if (this.isHeld) {
      this.keptEnd = trailers;
      return;
    }
    const { response } = this.exchange;
    const list = responseTrailers(trailers);
    if (list !== undefined && response.chunkedEncoding) response.addTrailers(list);
    this.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.state === 'over' || error instanceof RequestWithdrawnError) return;
    const code = 'code' in error ? String(error.code) : '';
    if (this.state === 'sent' && this.mayRepeat && CLOSED.has(code)) {
      this.mayRepeat = false;
      this.state = 'waiting';
      return this.sendNow();
    }
    this.end(this.reasonOf(error));
  }

  /** Sends the request. Confirms the caller first if there was a trust change after the last decision about it. */
  private sendNow(): void {
    if (this.headers.stand) return this.dispatch();
    this.confirmAndSend().catch((error: unknown) => this.end(error));
  }

  private async confirmAndSend(): Promise<void> {
    const decision = await this.headers.confirm();
    if (this.state === 'over') return;
    if (decision.allowed) this.dispatch();
    else this.end(decision.error);
  }

  private dispatch(): void {
    const { method, path, body, timeoutMs } = this.request;
    const headers = this.headers.current;
    this.state = 'waiting';
    // `tick` limits the pauses within a response.
    this.turn.dispatcher.dispatch({ method, path, headers, body, headersTimeout: timeoutMs, bodyTimeout: 0 }, this);
  }

  private writeHead(status: number, list: (string | string[])[]): void {
    const { response } = this.exchange;
    // Node takes a flat list, although its type does not say so for values that are lists.
    response.writeHead(status, list as unknown as OutgoingHttpHeaders);
    // Without delay: the page waits for it.
    if (this.stream?.kind === 'event_stream') response.flushHeaders();
  }

  private complete(chunk?: Buffer): void {
    const { exchange } = this;
    exchange.end(chunk);
    if (!exchange.request.complete) {
      exchange.request.resume();
      exchange.discardRest();
    }
    this.end();
  }

  private end(error?: unknown, reason: StreamEnd = 'upstream'): void {
    const { stream, exchange, bytes } = this;
    this.state = 'over';
    const { body } = this.request;
    if (body !== null && 'fault' in body) body.destroy();
    if (stream !== undefined) {
      this.streams.ended(stream, reason);
      const isNoted = stream.kind === 'event_stream' || isGateEnd(reason);
      if (isNoted) exchange.logged = { ...exchange.logged, closed: reason, bytes };
    }
    this.ended(error);
  }

  private reasonOf(error: Error): unknown {
    const { body } = this.request;
    if (body !== null && 'fault' in body && body.fault !== undefined) return body.fault;
    return upstreamError(error, this.state !== 'waiting');
  }
}
