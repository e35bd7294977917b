import { gatewayLease } from '@gatehouse/contracts';
import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type Caller } from '../../caller/caller';
import { credentialExpiry } from '../../caller/credential-expiry';
import { type GatewayConfig } from '../../config';
import { CONFIG, STEADY_CLOCK } from '../../tokens';
import { type MonotonicClock } from '../../trust/steady-clock';
import { TrustChangeFeed } from '../../trust/trust-change-feed';
import { TrustWatch } from '../../trust/trust-watch';
import { StreamsUnavailableError, TooManyStreamsError } from '../../upstream-errors';
import { OpenStream, type StreamPermit, type StreamPipe, type StreamsVersion, stillStands } from './open-stream';
import { type GateEnd, type StreamEnd, type StreamKind } from './stream-end';
import { StreamMetrics } from './stream-metrics';

const TICK_MS = 250;
/** A stream is closed this long before the lease ends: a busy process is late for its ticks. */
const LEASE_MARGIN_MS = 2 * TICK_MS;
/** A caller that could not be confirmed for so long loses its streams. As long as a gateway lease. */
const DOUBT_LIMIT_MS = gatewayLease.lengthMs;

/**
 * Everything that upstreams are answering through this gateway, and who gets it. Closes what its caller may no longer
 * have: after a revocation, when the credential expires, and when this gateway cannot learn of revocations.
 */
@Injectable()
export class OpenStreams implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  private readonly streams: TrustWatch<OpenStream>;
  /** Number of event streams and WebSockets of each holder. */
  private readonly ofHolder = new Map<string, number>();
  private admitted = 0;
  private current: StreamsVersion = { trust: 0, policy: 0 };
  private isStopping = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly trust: TrustChangeFeed,
    private readonly metrics: StreamMetrics,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'gate' | 'gateStreams'>,
    @Inject(STEADY_CLOCK) private readonly now: MonotonicClock,
  ) {
    const note = () => void (this.current = { ...this.current, trust: this.current.trust + 1 });
    trust.onChange(note);
    trust.onForget(note);
    this.streams = new TrustWatch(trust, {
      doubted: (stream) => {
        stream.doubtedAt ??= this.now();
        stream.pipe.hold();
      },
      confirm: async ({ permit }) => {
        const decision = await permit.confirm();
        if (!decision.allowed) throw decision.error;
      },
      trusted: (stream) => {
        stream.doubtedAt = undefined;
        stream.pipe.release();
      },
      refused: (stream, error) => this.close(stream, 'revoked', error),
    });
  }

  onModuleInit(): void {
    this.config.gate.policy.onChange(() => {
      this.current = { ...this.current, policy: this.current.policy + 1 };
      // Other responses end under the policy under which they began.
      for (const stream of this.streams) if (stream.kind !== 'response') this.streams.doubt([stream]);
    });
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** Closes event streams and WebSockets. Other responses are watched while the server drains. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const stream of this.streams) if (stream.kind !== 'response') this.close(stream, 'restarting');
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Changes with each trust change and each new policy. */
  get version(): StreamsVersion {
    return this.current;
  }

  /** Registers an answer as open, until `ended` or `close`. */
  open(permit: StreamPermit, pipe: StreamPipe): OpenStream {
    const { caller, maxMs } = permit;
    const now = this.now();
    const left = caller === undefined ? Infinity : Math.max(0, credentialExpiry(caller.credential) - Date.now());
    const endReason = left < maxMs ? 'expired' : 'time_limit';
    const stream = new OpenStream(permit, pipe, now, now + Math.min(left, maxMs), endReason);
    this.streams.add(stream);
    if (!stillStands(permit, permit.since, this.current)) this.streams.doubt([stream]);
    return stream;
  }

  /**
   * Makes a response an event stream or a WebSocket.
   * @throws StreamsUnavailableError, TooManyStreamsError
   */
  admit(stream: OpenStream, kind: Exclude<StreamKind, 'response'>): void {
    const { permit } = stream;
    this.requireRoom(permit);
    stream.kind = kind;
    stream.holder = permit.holder;
    this.admitted += 1;
    this.ofHolder.set(stream.holder, (this.ofHolder.get(stream.holder) ?? 0) + 1);
    this.metrics.opened(kind);
    if (permit.since.policy !== this.current.policy) this.streams.doubt([stream]);
  }

  /**
   * Requires that another event stream or WebSocket may be opened.
   * @throws StreamsUnavailableError, TooManyStreamsError
   */
  requireRoom({ caller, holder }: StreamPermit): void {
    const { maxStreams, maxStreamsPerUser } = this.config.gateStreams;
    if (this.isStopping || this.admitted >= maxStreams || !this.canWatch(caller)) throw new StreamsUnavailableError();
    if ((this.ofHolder.get(holder) ?? 0) >= maxStreamsPerUser) throw new TooManyStreamsError();
  }

  /** Notes that a stream has ended. Returns false, and does nothing, if it has ended before. */
  ended(stream: OpenStream, reason: StreamEnd): boolean {
    if (!this.streams.delete(stream)) return false;
    this.metrics.ended(stream.kind, reason);
    const { holder } = stream;
    if (holder === undefined) return true;
    this.admitted -= 1;
    const left = (this.ofHolder.get(holder) ?? 1) - 1;
    if (left === 0) this.ofHolder.delete(holder);
    else this.ofHolder.set(holder, left);
    return true;
  }

  /** Closes a stream, unless it has ended. `refusal`: why the caller may not have it, if it may not. */
  close(stream: OpenStream, reason: GateEnd, refusal?: unknown): void {
    if (this.ended(stream, reason)) stream.pipe.close(reason, refusal);
  }

  private tick(): void {
    const now = this.now();
    for (const stream of this.streams) {
      if (now >= stream.endAt) this.close(stream, stream.endReason);
      else if (this.isUnconfirmed(stream, now)) this.close(stream, 'unconfirmed');
      else stream.pipe.tick?.(TICK_MS);
    }
    this.streams.retry();
  }

  private isUnconfirmed(stream: OpenStream, now: number): boolean {
    if (stream.doubtedAt !== undefined && now - stream.doubtedAt >= DOUBT_LIMIT_MS) return true;
    if (this.canWatch(stream.caller)) return false;
    // The caller of a short response was looked up moments ago.
    return stream.kind !== 'response' || now - stream.openedAt >= DOUBT_LIMIT_MS;
  }

  /** Whether calls that revoke something wait for this gateway, and will do so until the next tick. */
  private canWatch(caller: Caller | undefined): boolean {
    return caller === undefined || this.trust.leaseLeftMs > LEASE_MARGIN_MS;
  }
}
