import { type Dispatcher, Pool, type buildConnector } from 'undici';
import { UpstreamBusyError } from '../../upstream-errors';

/** Maximum number of requests to one origin that are sent at the same time. Streams of events are not among them. */
const REQUESTS = 1_024;
/** Maximum number of requests to one origin that wait. */
const WAITING = 1_024;
/** Maximum time that a request waits; milliseconds. */
const WAIT_MS = 5_000;
/** Maximum number of open requests of one caller to one origin, while as many are open as half of those that may be sent. */
const SHARE = 128;
/** Maximum time until a connection is open; milliseconds. */
const CONNECT_MS = 5_000;
/** Maximum size of the headers of a response. */
const HEADER_BYTES = 32 * 1024;

/**
 * A request to an origin, from its begin to its end. States:
 * - `new`: its body arrives. Goes to `waiting` or `sent`.
 * - `waiting`: as many requests are sent as may be. Goes to `sent` when another one has ended.
 * - `sent`: has a connection, or is about to get one. Goes to `streaming` if its response is a stream of events.
 * - `streaming`: counts no longer, because streams have limits of their own.
 * - `over`: the request has ended. Every state goes there.
 */
export class UpstreamTurn {
  private state: 'new' | 'waiting' | 'sent' | 'streaming' | 'over' = 'new';
  private send: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: UpstreamPool,
    private readonly holder: string,
  ) {}

  /** Connections to the origin. */
  get dispatcher(): Dispatcher {
    return this.pool.dispatcher;
  }

  /**
   * Calls `send` as soon as the request may be sent. Calls `refuse` if that takes too long, or as many wait as may. Does
   * nothing after `leave`.
   */
  begin(send: () => void, refuse: (error: UpstreamBusyError) => void): void {
    if (this.state !== 'new') return;
    this.send = send;
    const { pool } = this;
    if (pool.hasRoom && pool.waiting.size === 0) return this.go();
    if (pool.waiting.size >= WAITING) return refuse(new UpstreamBusyError());
    this.state = 'waiting';
    this.timer = setTimeout(() => refuse(new UpstreamBusyError()), WAIT_MS).unref();
    pool.waiting.add(this);
  }

  /** Sends the request, which may be sent now. */
  go(): void {
    clearTimeout(this.timer);
    this.pool.waiting.delete(this);
    this.pool.sent += 1;
    this.state = 'sent';
    this.send?.();
  }

  /** Notes that the response is a stream of events. */
  becomeStream(): void {
    if (this.state !== 'sent') return;
    this.state = 'streaming';
    this.pool.forget(this.holder);
    this.pool.free();
  }

  /** Notes that the request has ended. A second call has no effect. */
  leave(): void {
    const { state, pool } = this;
    if (state === 'over') return;
    this.state = 'over';
    clearTimeout(this.timer);
    pool.waiting.delete(this);
    if (state !== 'streaming') pool.forget(this.holder);
    if (state === 'sent') pool.free();
    pool.noteEnd();
  }
}

/** Connections to one origin, which several upstreams can share, and the requests that use them. */
export class UpstreamPool {
  readonly dispatcher: Pool;
  /** Requests that have begun and not ended. */
  open = 0;
  /** Requests in the state `sent`. */
  sent = 0;
  /** Requests in the state `waiting`, oldest first. */
  readonly waiting = new Set<UpstreamTurn>();
  /** Open requests that are no streams, by their callers. */
  private readonly ofHolder = new Map<string, number>();
  private counted = 0;
  private isAboutToSend = false;

  /**
   * @param maxStreams maximum number of streams of events, which have connections of their own
   * @param unused called when the last request has ended
   * @param connect how connections are opened
   */
  constructor(
    origin: string,
    maxStreams: number,
    private readonly unused: () => void,
    connect: buildConnector.BuildOptions = { timeout: CONNECT_MS },
  ) {
    this.dispatcher = new Pool(origin, {
      connections: REQUESTS + maxStreams,
      pipelining: 1,
      connect,
      maxHeaderSize: HEADER_BYTES,
      allowH2: false,
    });
  }

  /**
   * Admits a request of `holder`: a user, or an address.
   * @throws UpstreamBusyError if the holder has as many requests open as it may have
   */
  take(holder: string): UpstreamTurn {
    const held = this.ofHolder.get(holder) ?? 0;
    if (held >= SHARE && this.counted >= REQUESTS / 2) throw new UpstreamBusyError();
    this.counted += 1;
    this.ofHolder.set(holder, held + 1);
    this.open += 1;
    return new UpstreamTurn(this, holder);
  }

  /** Whether one more request may be sent. */
  get hasRoom(): boolean {
    return this.sent < REQUESTS;
  }

  /** Notes that a request of `holder` counts no longer. */
  forget(holder: string): void {
    this.counted -= 1;
    const left = (this.ofHolder.get(holder) ?? 1) - 1;
    if (left === 0) this.ofHolder.delete(holder);
    else this.ofHolder.set(holder, left);
  }

  /** Notes that a request is sent no longer. Those that wait are sent soon: undici may be reading a response just now. */
  free(): void {
    this.sent -= 1;
    if (this.waiting.size === 0 || this.isAboutToSend) return;
    this.isAboutToSend = true;
    queueMicrotask(() => this.sendWaiting());
  }

  /** Notes that a request has ended. */
  noteEnd(): void {
    this.open -= 1;
    if (this.open === 0) this.unused();
  }

  private sendWaiting(): void {
    this.isAboutToSend = false;
    for (const turn of this.waiting) {
      if (!this.hasRoom) return;
      turn.go();
    }
  }
}
