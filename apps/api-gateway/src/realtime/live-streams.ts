import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { grants } from '../gate/grants';
import { Authenticator } from '../authentication/authenticator';
import { type Caller, type CallerRequest } from '../caller/caller';
import { credentialExpiry } from '../caller/credential-expiry';
import { type GatewayConfig } from '../config';
import { RealtimeUnavailableError, ScopeInsufficientError } from '../errors';
import { CONFIG, STEADY_CLOCK } from '../tokens';
import { type MonotonicClock } from '../trust/steady-clock';
import { TrustChangeFeed } from '../trust/trust-change-feed';
import { TrustWatch } from '../trust/trust-watch';
import { beginStream } from './begin-stream';
import { type RingEntry } from './event-ring';
import { type EventKind, eventPermissions, textFor } from './live-event';
import { LiveFeeds, type RestartReason } from './live-feeds';
import { type Beginning, LiveMetrics } from './live-metrics';
import { type CloseReason, LiveStream } from './live-stream';
import { positionOf } from './stream-position';

const TICK_MS = 1_000;
/** A stream brings something at least this often. A client that reads nothing for so long is dropped. */
export const HEARTBEAT_MS = 15_000;
/** A stream of a session ends after this time, and the client opens another with a fresh token. */
const MAX_AGE_MS = 15 * 60_000;

/** Permission to open a stream. */
export const REALTIME_PERMISSION = 'realtime:read';

/** The open streams of this gateway. */
@Injectable()
export class LiveStreams implements OnModuleInit, OnModuleDestroy {
  /** A stream in doubt sends nothing about what its user owns. */
  private readonly streams: TrustWatch<LiveStream>;
  /** Whether events wait until the gateway knows again who is trusted. */
  private isHeld = false;
  private isStopping = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly feeds: LiveFeeds,
    private readonly trust: TrustChangeFeed,
    private readonly authenticator: Authenticator,
    private readonly metrics: LiveMetrics,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'realtime'>,
    @Inject(STEADY_CLOCK) private readonly now: MonotonicClock,
  ) {
    this.streams = new TrustWatch(trust, {
      confirm: (stream) => this.confirm(stream),
      trusted: (stream) => this.pump(stream),
      refused: (stream) => this.close(stream, 'revoked'),
    });
  }

  onModuleInit(): void {
    this.feeds.listen({
      onEvent: ({ userId }) => this.pumpUser(userId),
      onEvict: (entry) => this.dropLate(entry),
      onRestart: (reason) => this.restart(reason),
    });
    this.metrics.observe({ streams: () => this.streams.size, ring: () => this.feeds.ring.usedBytes });
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** Tells every client to reconnect, to another gateway or later. */
  onModuleDestroy(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const stream of this.streams) this.close(stream, 'restarting');
  }

  /**
   * Answers a request with a stream, which continues after `lastEventId` if it can.
   * @throws RealtimeUnavailableError
   */
  open(request: CallerRequest, reply: FastifyReply, lastEventId: string | undefined): void {
    const { caller } = request;
    const { maxStreams, maxStreamsPerUser } = this.config.realtime;
    if (this.isStopping || !this.feeds.isReady || this.streams.size >= maxStreams) throw new RealtimeUnavailableError();
    const { ring } = this.feeds;
    const given = lastEventId === undefined ? undefined : positionOf(lastEventId);
    const refusal = given === undefined ? (lastEventId === undefined ? 'new' : 'unknown') : ring.refusalOf(given);
    const cursor = given === undefined || refusal !== undefined ? ring.position : given;
    const response = beginStream(request, reply);
    const { now } = this;
    const parts = { caller, request, response, kinds: kindsOf(caller), endAt: this.endOf(caller), cursor, now };
    const stream = new LiveStream(parts);
    const own = [...this.streams.ofUser(stream.userId)];
    const surplus = own.length + 1 - maxStreamsPerUser;
    for (const oldest of own.slice(0, Math.max(0, surplus))) this.close(oldest, 'too_many_streams');
    this.streams.add(stream);
    reply.raw.once('close', () => this.forget(stream, 'client'));
    this.metrics.began(refusal ?? 'resumed');
    const beginning = refusal === undefined ? 'event: resumed\ndata: {}\n' : resetEvent(refusal);
    this.send(stream, `retry: ${retryMs()}\n${beginning}`);
    stream.beatAt = this.now() + HEARTBEAT_MS;
    // The caller's trust may have ended since the guard has checked it.
    this.streams.doubt([stream]);
  }

  private endOf({ credential }: Caller): number {
    const left = Math.max(0, credentialExpiry(credential) - Date.now());
    return this.now() + (credential.method === 'api_key' ? left : Math.min(left, MAX_AGE_MS));
  }

  private send(stream: LiveStream, text: string): void {
    stream.send(text, () => this.pump(stream));
  }

  private pumpUser(userId: string): void {
    for (const stream of this.streams.ofUser(userId)) this.pump(stream);
  }

  /** Sends what the stream lacks, as far as the client reads. */
  private pump(stream: LiveStream): void {
    if (stream.isClosed || !this.feeds.isReady) return;
    const { ring } = this.feeds;
    const missed = ring.after(stream.userId, stream.cursor);
    if (missed.length > 0 && !(this.streams.isTrusted(stream) && this.trust.trusting)) {
      this.isHeld = true;
      return;
    }
    for (const entry of missed) {
      if (stream.stalledAt !== undefined) return;
      stream.advance(entry.position);
      if (!stream.kinds.has(entry.kind)) continue;
      this.send(stream, textFor(stream.tier, entry));
      this.metrics.delivered(entry.kind);
    }
    if (stream.stalledAt === undefined) stream.advance(ring.position);
  }

  private tick(): void {
    const now = this.now();
    this.feeds.ring.prune();
    if (this.isHeld && this.trust.trusting) {
      this.isHeld = false;
      for (const stream of this.streams) this.pump(stream);
    }
    for (const stream of this.streams) {
      if (now >= stream.endAt) this.close(stream, 'renew');
      else if (now >= stream.beatAt) this.beat(stream, now);
    }
    this.streams.retry();
  }

  private beat(stream: LiveStream, now: number): void {
    stream.beatAt = now + HEARTBEAT_MS;
    if (stream.stalledAt === undefined) {
      this.pump(stream);
      if (stream.stalledAt === undefined) this.send(stream, 'event: heartbeat\ndata: {}\n');
    } else if (now - stream.stalledAt >= HEARTBEAT_MS) this.close(stream, 'slow');
  }

  /** Closes the streams that have not got an event which leaves the ring. */
  private dropLate({ userId, source, sequence }: RingEntry): void {
    for (const stream of this.streams.ofUser(userId)) {
      if (stream.cursor[source].sequence < sequence) this.close(stream, 'slow');
    }
  }

  private restart(reason: RestartReason): void {
    const { position } = this.feeds.ring;
    for (const stream of this.streams) {
      stream.cursor = position;
      if (stream.stalledAt !== undefined) {
        this.close(stream, 'slow');
        continue;
      }
      this.send(stream, resetEvent(reason));
      this.metrics.began(reason);
    }
  }

  /** Looks the caller up again, and what it may read now, and its tier. */
  private async confirm(stream: LiveStream): Promise<void> {
    const caller = await this.authenticator.confirm(stream.caller, stream.request);
    const { principal } = caller;
    if (principal.method === 'api_key' && !grants(principal.scopes, REALTIME_PERMISSION)) {
      throw new ScopeInsufficientError(REALTIME_PERMISSION);
    }
    stream.kinds = kindsOf(caller);
    stream.tier = principal.tier;
  }

  private close(stream: LiveStream, reason: CloseReason): void {
    if (stream.isClosed) return;
    this.forget(stream, reason);
    stream.end(reason, retryMs());
  }

  private forget(stream: LiveStream, reason: CloseReason): void {
    if (!this.streams.delete(stream)) return;
    stream.isClosed = true;
    this.metrics.closed(reason);
  }
}

const everyKind: ReadonlySet<EventKind> = new Set(Object.keys(eventPermissions) as EventKind[]);

/** The events that a caller may read: an API key those that its scopes grant. */
function kindsOf({ principal: { method, scopes } }: Caller): ReadonlySet<EventKind> {
  if (method !== 'api_key') return everyKind;
  return new Set([...everyKind].filter((kind) => grants(scopes, eventPermissions[kind])));
}

function resetEvent(reason: Beginning): string {
  return `event: reset\ndata: ${JSON.stringify({ reason })}\n`;
}

/** When a client reconnects: spread, so that the clients of a gateway that stops do not all come at once. */
function retryMs(): number {
  return Math.round(500 + Math.random() * 4_500);
}
