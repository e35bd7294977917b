import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type Upgrade } from '@gatehouse/http-edge';
import { type Dispatcher } from 'undici';
import { type Caller } from '../../caller/caller';
import { type RateHeaders } from '../../limits/rate-headers';
import {
  ClientGoneError,
  HandshakeFailedError,
  RequestWithdrawnError,
  StreamsUnavailableError,
  UpstreamFailedError,
} from '../../upstream-errors';
import { type OpenStream, type StreamPermit, type StreamPipe } from '../open-streams/open-stream';
import { ConfirmedHeaders } from '../open-streams/confirmed-headers';
import { type OpenStreams } from '../open-streams/open-streams';
import { type GateEnd, type StreamEnd } from '../open-streams/stream-end';
import { responseHeaders } from '../proxy/response-headers';
import { upstreamError } from '../proxy/upstream-error';
import { type UpstreamTurn } from '../proxy/upstream-pool';
import { acceptanceFault } from './handshake';
import { writeHead } from './response-head';
import { type OfferedSubprotocols, selectSubprotocol } from './subprotocols';
import { Tunnel } from './tunnel';

/** What a proxied WebSocket is made of. */
export interface ProxiedWebSocketParts {
  readonly upgrade: Upgrade;
  readonly permit: StreamPermit;
  /** Left when the handshake is over. */
  readonly turn: UpstreamTurn;
  /** Path and headers for the upstream. */
  readonly path: string;
  readonly headers: string[];
  /** Makes the headers again, for a caller whose role or tier may have changed. */
  readonly headersOf: (caller: Caller | undefined) => string[];
  /** Time until the upstream must have answered the handshake; milliseconds. */
  readonly timeoutMs: number;
  readonly offered: OfferedSubprotocols;
  readonly rateHeaders: RateHeaders | undefined;
  /** Answers the client with a problem. Called at most once, if nothing else was sent. */
  readonly refuse: (error: unknown) => void;
  /** Counts the response that was sent, unless `refuse` has sent it. */
  readonly count: () => void;
}

/**
 * A WebSocket between a client and an upstream. States:
 * - `asking`: the upstream has the handshake, or is about to get it.
 * - `open`: the upstream has accepted. The tunnel passes bytes on.
 * - `refused`: the upstream has answered with another response, which the client gets.
 * - `over`: nothing is passed on any more.
 *
 * Transitions:
 * - the upstream accepts: asking → open
 * - the upstream sends another response: asking → refused
 * - the handshake fails, an end closes its connection, or the gate closes the WebSocket: any → over
 *
 * While it is not known whether the caller is still trusted, a handshake is not sent, and the tunnel passes nothing on.
 */
export class ProxiedWebSocket implements StreamPipe, Dispatcher.DispatchHandler {
  private state: 'asking' | 'open' | 'refused' | 'over' = 'asking';
  private readonly client: Socket;
  private readonly stream: OpenStream;
  private tunnel: Tunnel | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private isHeld = false;
  /** Whether the turn of the handshake has come after `hold`. */
  private isDue = false;
  private readonly headers: ConfirmedHeaders;

  constructor(
    private readonly parts: ProxiedWebSocketParts,
    private readonly streams: OpenStreams,
  ) {
    this.client = parts.upgrade.request.socket;
    this.headers = new ConfirmedHeaders(parts.permit, streams, parts.headers, parts.headersOf);
    this.client.once('close', () => this.abandon());
    this.stream = streams.open(parts.permit, this);
  }

  /** Sends the handshake to the upstream when its turn comes. */
  ask(): void {
    this.parts.turn.begin(
      () => this.sendWhenTrusted(),
      (error) => this.fail(error),
    );
  }

  hold(): void {
    this.isHeld = true;
    // A refusal has no frames: it is broken off, and the client may ask again.
    if (this.state === 'refused') this.streams.close(this.stream, 'unconfirmed');
    this.tunnel?.hold();
  }

  release(): void {
    this.isHeld = false;
    this.tunnel?.release();
    if (!this.isDue) return;
    this.isDue = false;
    this.sendNow();
  }

  close(reason: GateEnd, refusal: unknown = new StreamsUnavailableError()): void {
    const { state, tunnel } = this;
    this.over(reason);
    if (state === 'open') tunnel?.close(reason);
    else if (state === 'asking') this.parts.refuse(refusal);
    else this.client.destroy();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.state !== 'over' && (this.isHeld || !this.headers.stand)) {
      // The caller may have been revoked while the connection opened. undici writes nothing, and keeps the connection.
      queueMicrotask(() => this.sendWhenTrusted());
      throw new RequestWithdrawnError();
    }
    this.controller = controller;
    if (this.state === 'over') controller.abort(new ClientGoneError());
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: IncomingHttpHeaders,
    upstream: Socket,
  ): void {
    // undici has taken its own listener off. Without one, an error would end the process.
    upstream.on('error', ignore);
    try {
      if (this.state === 'over') throw new ClientGoneError();
      this.accept(headers, upstream);
    } catch (error) {
      upstream.destroy();
      this.fail(error);
    }
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.state !== 'asking') return;
    if (this.isHeld) return this.streams.close(this.stream, 'unconfirmed');
    this.state = 'refused';
    const { upgrade, rateHeaders } = this.parts;
    upgrade.status = status;
    const context = { requestId: upgrade.id, status, mayHaveTrailers: false, rateHeaders };
    // Without a length, the end of the connection is the end of the body.
    writeHead(this.client, status, [...responseHeaders(headers, context), 'Connection', 'close']);
    this.client.on('drain', () => this.controller?.resume());
    this.parts.count();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.state === 'refused' && !this.client.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.state !== 'refused') return;
    this.over('upstream');
    this.parts.upgrade.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (error instanceof RequestWithdrawnError) return;
    if (this.state === 'refused') this.client.destroy();
    else this.fail(upstreamError(error, this.controller !== undefined));
  }

  /** Sends the handshake when it is known whether the caller is still trusted. */
  private sendWhenTrusted(): void {
    if (this.isHeld) this.isDue = true;
    else this.sendNow();
  }

  /** Sends the handshake. Confirms the caller first if there was a trust change after the last decision about it. */
  private sendNow(): void {
    if (this.headers.stand) return this.dispatch();
    this.confirmAndSend().catch((error: unknown) => this.fail(error));
  }

  private async confirmAndSend(): Promise<void> {
    const decision = await this.headers.confirm();
    if (this.state === 'over') return;
    if (!decision.allowed) this.fail(decision.error);
    else if (this.isHeld) this.isDue = true;
    else this.dispatch();
  }

  private dispatch(): void {
    const { path, timeoutMs, turn } = this.parts;
    const headers = this.headers.current;
    const request = { method: 'GET', path, headers, body: null, upgrade: 'websocket' } as const;
    turn.dispatcher.dispatch({ ...request, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }, this);
  }

  /** Opens the tunnel, after the upstream has accepted. */
  private accept(headers: IncomingHttpHeaders, upstream: Socket): void {
    const { upgrade, offered, rateHeaders, count, turn } = this.parts;
    const { 'sec-websocket-protocol': selected, ...others } = headers;
    const fault = acceptanceFault(headers, upgrade.request.headers['sec-websocket-key'] ?? '', offered.forUpstream);
    if (fault !== undefined) throw new UpstreamFailedError({ cause: new HandshakeFailedError(fault) });
    this.streams.admit(this.stream, 'websocket');
    this.state = 'open';
    upgrade.status = 101;
    const context = { requestId: upgrade.id, status: 101, mayHaveTrailers: false, rateHeaders };
    const list = [...responseHeaders(others, context), 'Upgrade', 'websocket', 'Connection', 'Upgrade'];
    const subprotocol = selectSubprotocol(selected, offered);
    if (subprotocol !== undefined) list.push('Sec-WebSocket-Protocol', subprotocol);
    writeHead(this.client, 101, list);
    this.tunnel = new Tunnel(this.client, upstream, {
      ended: (by) => this.over(by),
      stalled: () => this.streams.close(this.stream, 'slow'),
    });
    if (this.isHeld) this.tunnel.hold();
    count();
    turn.leave();
  }

  /** Gives the handshake up, and tells the client why. */
  private fail(error: unknown): void {
    if (this.state === 'over') return;
    this.over('upstream');
    this.parts.refuse(error);
  }

  private abandon(): void {
    if (this.state === 'asking') this.parts.count();
    if (this.state !== 'open') this.over('client');
  }

  private over(reason: StreamEnd): void {
    const { state, tunnel, parts } = this;
    if (state === 'over') return;
    this.state = 'over';
    this.streams.ended(this.stream, reason);
    if (state !== 'open') {
      this.controller?.abort(new ClientGoneError());
      return parts.turn.leave();
    }
    const bytes = { bytesUp: tunnel?.bytesUp ?? 0, bytesDown: tunnel?.bytesDown ?? 0 };
    parts.upgrade.logged = { ...parts.upgrade.logged, closed: reason, ...bytes };
  }
}

function ignore(): void {
  // The connection ends anyway.
}
