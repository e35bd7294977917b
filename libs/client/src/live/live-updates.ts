import { pause } from '../deadline';
import { EventUnreadableError, type GatehouseError } from '../errors';
import { type Gatehouse } from '../gatehouse';
import { checkedMs } from '../options';
import { failureOf } from '../problem';
import { backoff } from '../retry';
import { SameCaller } from '../same-caller';
import { type Streamed, eventsOf } from './event-stream';
import { KnownVersions } from './known-versions';
import { type LiveEnd, type LiveOptions, type LiveState } from './live-options';
import { type LiveEvent, readEvent } from './read-event';

/** Longest wait between attempts, and the longest one that the gateway can ask for. */
const MAX_WAIT_MS = 30_000;

/** What follows a stream: a reconnection, or the end. `isFailure`: it broke, so that the waits grow. */
type Next = { readonly reconnect: { readonly isFailure: boolean; readonly waitMs?: number } } | LiveEnd;

/**
 * Live updates of the caller's own data.
 *
 * States:
 * - `connecting`: a request is on its way; then `open`, `waiting` or `ended`
 * - `open`: events arrive, and 30 s at most pass between two; then `waiting` or `ended`
 * - `waiting`: the connection broke, was refused for now, or was closed by the gateway for a reason that lets the client
 *   come again; then `connecting`, in browsers at once when the device is online again
 * - `ended`: stopped, or refused for good
 */
export class LiveUpdates {
  /** Resolves when live updates have ended and no handler runs any more. */
  readonly ended: Promise<LiveEnd>;
  private current: LiveState = 'waiting';
  private readonly stopping = new AbortController();
  private readonly known = new KnownVersions();
  /** A stream continues those before it only for the same person. For another one, it begins anew. */
  private caller: SameCaller;
  private readonly silenceMs: number;
  private lastEventId: string | undefined;
  /** Streams and attempts that failed since events last arrived in peace. */
  private failures = 0;
  private readonly leastMs: number;
  /** Wait before a reconnection, as the gateway says. */
  private retryMs: number;

  /** @throws OptionInvalidError */
  constructor(
    private readonly gatehouse: Pick<Gatehouse, 'openStream'>,
    private readonly options: LiveOptions,
  ) {
    this.silenceMs = checkedMs('silenceMs', options.silenceMs ?? 30_000);
    this.leastMs = checkedMs('backoffMs', options.backoffMs ?? 1_000);
    this.retryMs = this.leastMs;
    this.caller = new SameCaller(options.texts);
    const { signal } = options;
    const stop = (): void => this.stop();
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.ended = this.run().finally(() => signal?.removeEventListener('abort', stop));
  }

  get state(): LiveState {
    return this.current;
  }

  /** Ends live updates. No handler is called after it, except one that runs already. */
  stop(): void {
    this.stopping.abort();
  }

  /** Names a version that you have, such as from a response, so that no older change of the resource is reported. */
  know(kind: string, { id, version }: { readonly id: string; readonly version: number }): void {
    this.known.advance(kind, id, version);
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<LiveEnd> {
    // The caller has the handle before the first handler is called.
    await Promise.resolve();
    for (;;) {
      const next = this.isStopped ? ({ reason: 'stopped' } as const) : await this.stream();
      if ('reason' in next) {
        this.enter('ended');
        return next;
      }
      this.enter('waiting');
      const { isFailure, waitMs = 0 } = next.reconnect;
      this.failures = isFailure ? this.failures + 1 : this.failures;
      const ownMs = isFailure ? backoff(this.failures, this.retryMs, MAX_WAIT_MS, Math.random()) : this.retryMs;
      await pauseOrOnline(Math.max(ownMs, Math.min(waitMs, MAX_WAIT_MS)), this.stopping.signal);
    }
  }

  private enter(state: LiveState): void {
    this.current = state;
    this.options.onState?.(state);
  }

  /** One connection, from its request to its end. */
  private async stream(): Promise<Next> {
    const { signal } = this.stopping;
    try {
      this.enter('connecting');
      const { lastEventId, caller } = this;
      const response = await this.gatehouse.openStream({ lastEventId, signal, caller });
      this.enter('open');
      for await (const streamed of eventsOf(response, this.silenceMs, signal)) {
        const next = await this.take(streamed);
        if (next !== undefined) return next;
      }
      return { reconnect: { isFailure: true } };
    } catch (cause) {
      if (this.isStopped) return { reason: 'stopped' };
      if (cause instanceof EventUnreadableError) return this.beginAnew(cause);
      const error = failureOf(cause, undefined, this.options.texts);
      if (error.code === 'caller_changed') {
        this.caller = new SameCaller(this.options.texts);
        return this.beginAnew(error);
      }
      if (isFinal(error)) return { reason: 'refused', error };
      this.options.onError?.(error);
      return { reconnect: { isFailure: true, waitMs: error.retryAfterMs ?? 0 } };
    }
  }

  /** Takes what a stream brings. Returns what follows if that ends the stream. */
  private async take(streamed: Streamed): Promise<Next | undefined> {
    if (this.isStopped) return { reason: 'stopped' };
    if ('retryMs' in streamed) {
      // A shorter one than the caller's would make a loop of a gateway that closes each stream.
      this.retryMs = Math.min(Math.max(streamed.retryMs, this.leastMs), MAX_WAIT_MS);
      return undefined;
    }
    try {
      const next = await this.handle(readEvent(streamed.event));
      this.lastEventId = streamed.event.id ?? this.lastEventId;
      return next;
    } catch (error) {
      return this.beginAnew(error);
    }
  }

  /** Forgets where the stream was: what was missed comes with its reset. */
  private beginAnew(error: unknown): Next {
    this.lastEventId = undefined;
    this.options.onError?.(error);
    return { reconnect: { isFailure: true } };
  }

  private async handle(event: LiveEvent): Promise<Next | undefined> {
    switch (event.type) {
      case 'reset':
        this.known.clear();
        await this.options.onReset(event.reason);
        return undefined;
      case 'change': {
        const { kind, id, version } = event.change;
        if (this.known.advance(kind, id, version)) await this.options.onChange(event.change);
        this.failures = 0;
        return undefined;
      }
      case 'heartbeat':
        this.failures = 0;
        return undefined;
      case 'closed':
        return afterClose(event.reason);
      case 'other':
        return undefined;
    }
  }
}

/** Whether a repetition cannot succeed: the gateway refuses the credential or the request. */
function isFinal({ code, status = 500 }: GatehouseError): boolean {
  return code !== 'response_invalid' && status < 500 && status !== 408 && status !== 429;
}

function afterClose(reason: string): Next {
  if (reason === 'revoked' || reason === 'too_many_streams') return { reason };
  // Unknown reasons are treated like `restarting`.
  return { reconnect: { isFailure: false } };
}

/** Waits. Ends early when the signal aborts, and in browsers when the device is online again. */
async function pauseOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  const { addEventListener, removeEventListener } = globalThis as Partial<Pick<EventTarget, ListenerMethods>>;
  const wake = new AbortController();
  const end = (): void => wake.abort();
  if (signal.aborted) return;
  addEventListener?.call(globalThis, 'online', end);
  signal.addEventListener('abort', end);
  await pause(ms, wake.signal).catch(() => undefined);
  signal.removeEventListener('abort', end);
  removeEventListener?.call(globalThis, 'online', end);
}

type ListenerMethods = 'addEventListener' | 'removeEventListener';
